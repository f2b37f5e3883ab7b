//! The columns that are read, and what they are called by default.

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text; numbers are taken as they are written.
    Text,
    /// A whole number.
    Integer,
    /// An amount of money in major units (`12.50`), kept in minor units.
    Money,
    /// A date, a timestamp (UTC where it names no zone), or milliseconds since 1970.
    Time,
}

/// A column that is read.
#[derive(Debug)]
pub struct Column {
    /// What the flags and the SQL call it.
    pub name: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// What is read where no flag says otherwise: the name in The Complete Journey's tables, or an expression over them.
    pub default: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// One row a line of an order.
pub const ORDERS: &[Column] = &[
    Column { name: "member", kind: Kind::Text, default: "household_id", required: true, meaning: "who bought" },
    Column { name: "basket", kind: Kind::Text, default: "basket_id", required: true, meaning: "the order, the same for all its lines" },
    Column { name: "moment", kind: Kind::Time, default: "transaction_timestamp", required: true, meaning: "when" },
    Column { name: "id", kind: Kind::Text, default: "product_id", required: true, meaning: "the item" },
    Column { name: "store", kind: Kind::Text, default: "store_id", required: false, meaning: "where" },
    Column { name: "quantity", kind: Kind::Integer, default: "quantity", required: false, meaning: "pieces; 1 where absent" },
    Column {
        name: "paid",
        kind: Kind::Money,
        default: "sales_value - coupon_disc",
        required: false,
        meaning: "what the member paid for the line",
    },
    Column {
        name: "price",
        kind: Kind::Money,
        default: "(sales_value + coupon_match_disc) / nullif(quantity, 0)",
        required: false,
        meaning: "what one piece cost before coupons; paid / quantity where absent",
    },
];

/// One row an item.
pub const PRODUCTS: &[Column] = &[
    Column { name: "id", kind: Kind::Text, default: "product_id", required: true, meaning: "the item, as the orders call it" },
    Column { name: "department", kind: Kind::Text, default: "department", required: false, meaning: "the broadest class" },
    Column { name: "category", kind: Kind::Text, default: "product_category", required: false, meaning: "the class in the middle" },
    Column {
        name: "kind",
        kind: Kind::Text,
        default: "product_category || ': ' || product_type",
        required: false,
        meaning: "the finest class, whose members can stand for each other",
    },
    Column {
        name: "type",
        kind: Kind::Text,
        default: "product_type",
        required: false,
        meaning: "what titles are made from where there is none",
    },
    Column { name: "size", kind: Kind::Text, default: "package_size", required: false, meaning: "package size, such as 12 OZ" },
    Column { name: "brand", kind: Kind::Text, default: "brand", required: false, meaning: "the brand, or its class" },
    Column { name: "manufacturer", kind: Kind::Text, default: "manufacturer_id", required: false, meaning: "who made it" },
    Column {
        name: "title",
        kind: Kind::Text,
        default: "title",
        required: false,
        meaning: "what people read, in the shop's first language",
    },
    Column { name: "title_en", kind: Kind::Text, default: "title_en", required: false, meaning: "what people read, in English" },
    Column { name: "title_zh", kind: Kind::Text, default: "title_zh", required: false, meaning: "what people read, in Chinese" },
];

//! The choices that offers and programmes make: closed sets, the same on the wire and compiled.

use serde::Serialize;

use crate::domain::read_choice;

macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        read_choice!($name: $($variant),+);
    )+};
}

choices! {
    /// What makes an offer active.
    Activation {
        /// Always.
        Automatic,
        /// A code that the shopper gives.
        Code,
        /// A coupon in the member's wallet.
        Wallet,
    }

    /// Which price a threshold is measured on.
    #[derive(Default)]
    ThresholdBase {
        /// The price before any offer.
        #[default]
        Original,
        /// After automatic offers, before coupons and codes: the 'activity price'.
        BeforeCoupons,
        /// What the offers applied before this one have left.
        Running,
    }

    /// A period that uses are counted in.
    #[derive(Default)]
    Period {
        /// The shop's calendar day.
        #[default]
        Day,
        /// The shop's calendar week, from Monday.
        Week,
        /// The shop's calendar month.
        Month,
        /// The shop's calendar year.
        Year,
        /// A number of times 24 hours back from now.
        Days,
    }

    /// What happens when an order would overrun the budget.
    #[derive(Default)]
    Overrun {
        /// The offer saves what is left.
        #[default]
        Trim,
        /// The offer does not apply.
        Refuse,
        /// Each line alone is held against what is left; those that overrun it get nothing.
        RefuseLine,
    }

    /// Where in an order an offer stands.
    #[derive(Default)]
    Class {
        /// Some goods.
        #[default]
        Product,
        /// The order as a whole.
        Order,
        /// Shipping.
        Shipping,
    }

    /// What an effect is counted on.
    #[derive(Default)]
    Target {
        /// Each matching line by itself; an amount counts once a line.
        #[default]
        Lines,
        /// Each matching piece by itself: an amount counts for each, a percentage is rounded for each.
        Units,
        /// The matching goods together; the discount is spread over their lines.
        Order,
        /// Each matching shipping method by itself.
        Shipping,
        /// The matching shipping methods together.
        ShippingTotal,
    }

    /// Which price a discount is counted on.
    #[derive(Default)]
    PriceBase {
        /// What earlier offers have left.
        #[default]
        Running,
        /// The price before any offer. A discount still never exceeds what is left.
        Original,
        /// What automatic offers have left, before coupons and codes: the 'activity price', of goods. A discount still never
        /// exceeds what is left.
        BeforeCoupons,
        /// The price before any offer of the pieces that count, less all that earlier offers took off the whole line.
        /// Differs from `running` only with `maxQuantity`.
        LineRemainder,
    }

    /// What a ladder measures.
    #[derive(Default)]
    Measure {
        /// The money of the matching goods.
        #[default]
        Amount,
        /// The pieces of the matching goods.
        Quantity,
        /// The money of each line by itself.
        LineAmount,
        /// The pieces of each line by itself.
        LineQuantity,
    }

    /// Which pieces are discounted where there is a choice.
    #[derive(Default)]
    Pick {
        /// Sets are formed from the dearest pieces down; inside a set the cheapest are discounted. Of all ways to form
        /// sets this saves the shopper most.
        #[default]
        Best,
        /// The cheapest of all pieces that match.
        Cheapest,
        /// The dearest of all pieces that match.
        Dearest,
        /// Those of the earlier lines.
        Listed,
    }

    /// Known ways of stacking.
    #[derive(Default)]
    Preset {
        /// The cheapest legal combination.
        #[default]
        Best,
        /// Offers by priority, each tested again at its turn on the running total; an exclusive one applies alone.
        Sylius,
        /// In the order given, each on what earlier offers have left.
        Medusa,
        /// Lines, then order, then shipping; each tested again at its turn; percentages rounded per piece.
        Vendure,
        /// One product discount a line unless tags agree, order and product discounts only where both sides allow it.
        Shopify,
        /// Item offers, then shop coupons, then cross-shop reductions with the threshold on the price before coupons.
        Tmall,
    }

    /// How a level chooses among what stands on it.
    #[derive(Default)]
    Mode {
        /// The legal selection that saves most.
        #[default]
        Best,
        /// Everything that is eligible at its turn.
        Stack,
        /// The first, in turn, that saves anything.
        ListOrder,
        /// The one that saves most; of equals the first.
        Highest,
        /// The one that saves least, but something.
        Lowest,
    }

    /// What a choice is made for.
    #[derive(Default)]
    Scope {
        /// The order: members exclude each other as a whole.
        #[default]
        Order,
        /// The line: members may both apply, but not on one line.
        Line,
        /// The piece: members may both apply, and several times, but never twice to one piece.
        Unit,
    }

    /// What an exclusive offer does.
    #[derive(Default)]
    Exclusive {
        /// It competes: alone, or not at all, whichever the mode prefers.
        #[default]
        Alone,
        /// The first eligible one by priority applies alone, whatever the others save.
        First,
        /// Offers after it do not apply; those before it do.
        Stop,
    }

    /// What comes first inside a class.
    #[derive(Default)]
    Within {
        /// Priority, then id.
        #[default]
        Priority,
        /// Fixed prices, percentages, then amounts; then priority and id. Favours the shopper on one base.
        PercentFirst,
        /// Fixed prices, amounts, then percentages; then priority and id.
        AmountFirst,
    }

    /// Who gets the minor units that a proportional division leaves over. The sum is exact under each.
    #[derive(Default)]
    OddCents {
        /// One each to the largest remainders; of equals, the earlier line.
        #[default]
        LargestRemainder,
        /// One each to the largest remainders; of equals, the later line.
        LargestRemainderLast,
        /// One each to the lines in order, from the first.
        First,
        /// All to the last line.
        Last,
        /// All to the middle line (the later of two).
        Middle,
    }

    /// How a fraction becomes whole minor units.
    #[derive(Default)]
    Rounding {
        /// To the nearest; a half away from zero.
        #[default]
        HalfUp,
        /// To the nearest; a half to the even neighbour.
        HalfEven,
        /// To the nearest; a half towards zero.
        HalfDown,
        /// Towards zero.
        Down,
        /// Away from zero.
        Up,
    }

    /// What an order's discount is spread over its lines in proportion to.
    #[derive(Default)]
    SpreadBy {
        /// What the lines cost.
        #[default]
        Price,
        /// What they cost with tax.
        Gross,
    }

    /// Which pieces of a buy-get or a bundle count for no other.
    #[derive(Default)]
    Claims {
        /// Those bought and those discounted.
        #[default]
        All,
        /// Those bought: they get no discount of another buy-get, while those discounted may get a further one.
        Bought,
    }

    /// What a return does to the offers of an order.
    #[derive(Default)]
    Returns {
        /// Each piece gives back what it really cost; the rest keeps its discounts.
        #[default]
        Keep,
        /// What is left is quoted anew; the refund is the difference, never below zero.
        ReEvaluate,
    }
}

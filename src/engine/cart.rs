//! A cart with what rules read of its lines.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::catalog::Surroundings;
use super::points::PointsWanted;
use super::{CartLine, Engine};
use crate::domain::{Catalog, Item, Listed, Reason, Value};
use crate::offers::{Filter, Line, QuoteInput, Rate, Selection, Shipping};
use crate::rules::{AttributeId, AttributeSource, AttributeTable, Attributes, ItemAttributes, ItemBinding, ValueRef};
use crate::snapshot::Snapshot;

/// What of a request a quote is made from.
#[derive(Clone, Copy, Default)]
pub(super) struct CartRequest<'a> {
    pub lines: &'a [CartLine],
    pub shipping: &'a [super::ShippingLine],
    pub codes: &'a [String],
    pub listed: Option<&'a [String]>,
    pub points: PointsWanted,
    pub nudges: usize,
    pub surroundings: Surroundings<'a>,
}

/// `item.*` of a line: what the request says of it, over what the catalog does.
pub(super) struct LineAttributes<'a> {
    own: Attributes<'a>,
    item: Option<ItemAttributes<'a>>,
}

impl AttributeSource for LineAttributes<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        match (self.own.value(id), &self.item) {
            (ValueRef::Null, Some(item)) => item.value(id),
            (value, _) => value,
        }
    }
}

impl Engine {
    /// Hands `ask` the cart of `request` at `now`, and gives its answer with what there is to say of the request:
    /// `unknown-item` with `item` for a line that neither the catalog nor the request gives a price.
    pub(super) fn with_cart<T: Default>(
        &self,
        snapshot: &Snapshot,
        request: CartRequest<'_>,
        now: i64,
        mut ask: impl FnMut(&QuoteInput<'_>) -> T,
    ) -> (T, Vec<Reason>) {
        let mut answer = T::default();
        let notes = self.ask_with_cart(snapshot, request, now, &mut |input| answer = ask(input));
        (answer, notes)
    }

    /// The same, compiled once for all that is asked.
    fn ask_with_cart(&self, snapshot: &Snapshot, request: CartRequest<'_>, now: i64, ask: &mut dyn FnMut(&QuoteInput<'_>)) -> Vec<Reason> {
        let (catalog, table) = (&*snapshot.catalog, snapshot.attributes());
        let binding = ItemBinding::new(table, catalog);
        let items: Vec<Option<Item>> = request.lines.iter().map(|line| catalog.find(&line.item)).listed();
        let sources: Vec<LineAttributes<'_>> = request
            .lines
            .iter()
            .zip(&items)
            .map(|(line, item)| LineAttributes { own: own_attributes(table, line), item: item.map(|item| binding.item(catalog, item)) })
            .listed();
        let floor_attribute = snapshot.offers().stacking.floor_attribute.as_deref();
        let tax_attribute = snapshot.offers().stacking.tax_attribute.as_deref();
        let mut notes = Vec::new();
        let mut lines = Vec::with_capacity(sources.len());
        for ((line, item), source) in request.lines.iter().zip(&items).zip(&sources) {
            let price = line.unit_price.or_else(|| catalog.price((*item)?));
            if price.is_none() {
                notes.push(Reason::new("unknown-item").with("item", line.item.as_str()));
            }
            lines.push(Line {
                item: &line.item,
                quantity: line.quantity,
                unit_price: price.unwrap_or(0),
                base_price: item.and_then(|item| base_price(catalog, item)),
                floor: floor_attribute.and_then(|name| floor(catalog, *item, line, name)).unwrap_or(0),
                tax: tax_attribute.and_then(|name| tax(catalog, *item, line, name)).unwrap_or_default(),
                place: item.filter(|_| line.unit_price.is_none() && line.attributes == Value::Null).map(|item| item.0),
                attributes: source,
            });
        }
        let (attributes, tier) = self.attributes_and_tier(snapshot, now, request.surroundings);
        let shipping = request
            .shipping
            .iter()
            .map(|line| Shipping {
                method: line.method.clone(),
                price: line.price,
                tax: line.tax.and_then(Rate::percent).unwrap_or_default(),
            })
            .listed();
        let goods: Vec<&dyn AttributeSource> = sources.iter().map(|source| source as &dyn AttributeSource).listed();
        let named = self.named.borrow_mut().of(snapshot, |snapshot| Rc::new(named_in(snapshot))).clone();
        let proposed = if request.nudges > 0 { self.beside(snapshot, &items, &named, now) } else { Vec::new() };
        let proposed_sources: Vec<LineAttributes<'_>> = proposed
            .iter()
            .map(|(_, item)| LineAttributes { own: Attributes::default(), item: Some(binding.item(catalog, *item)) })
            .listed();
        let plain = CartLine::default();
        let beside: Vec<(Filter, Line<'_>)> = proposed
            .iter()
            .zip(&proposed_sources)
            .map(|((filter, item), source)| {
                let line = Line {
                    item: catalog.id(*item),
                    quantity: 1,
                    unit_price: catalog.price(*item).unwrap_or(0),
                    base_price: base_price(catalog, *item),
                    floor: floor_attribute.and_then(|name| floor(catalog, Some(*item), &plain, name)).unwrap_or(0),
                    tax: tax_attribute.and_then(|name| tax(catalog, Some(*item), &plain, name)).unwrap_or_default(),
                    place: Some(item.0),
                    attributes: source,
                };
                (*filter, line)
            })
            .listed();
        ask(&QuoteInput {
            now,
            zone: &snapshot.info.zone,
            lines,
            shipping,
            codes: request.codes.to_vec(),
            request: &attributes,
            names: table,
            tier: tier.as_deref(),
            wallet: &self.member.wallet,
            uses: &self.member.uses,
            points: self.points_payment(snapshot, request.points, &goods, &attributes, tier.as_deref(), now),
            selection: request.listed.map_or(Selection::Programme, Selection::Listed),
            nudges: request.nudges,
            beside: &beside,
            named: &named,
        });
        notes
    }
}

/// For each filter of the book that names its items, those that pass it. Where every item would have to be asked, the lines are
/// asked instead.
pub(super) type Named = Vec<Option<Vec<u32>>>;

fn named_in(snapshot: &Snapshot) -> Named {
    let binding = ItemBinding::new(snapshot.attributes(), &snapshot.catalog);
    snapshot.offers().filters.iter().map(|filter| binding.named(&snapshot.catalog, filter)).listed()
}

/// `item.*` of `line`.
pub(super) fn line_attributes<'a>(snapshot: &'a Snapshot, binding: &'a ItemBinding, line: &'a CartLine) -> LineAttributes<'a> {
    let item = snapshot.catalog.find(&line.item).map(|item| binding.item(&snapshot.catalog, item));
    LineAttributes { own: own_attributes(snapshot.attributes(), line), item }
}

/// What the request says of a line.
#[allow(clippy::cast_precision_loss)] // numbers of the rule language are doubles
fn own_attributes<'a>(table: &AttributeTable, line: &'a CartLine) -> Attributes<'a> {
    let mut own = Attributes::default();
    own.bind(table, "item", &line.attributes);
    if let (Some(id), Some(price)) = (table.find("item.price"), line.unit_price) {
        own.set(id, price as f64);
    }
    if let Some(id) = table.find("item.id") {
        own.set_ref(id, ValueRef::Str(&line.item));
    }
    own
}

fn base_price(catalog: &Catalog, item: Item) -> Option<i64> {
    catalog.items.base_price.get(item.index()).filter(|price| *price >= 0)
}

/// The tax that the line's or the item's free attribute `name` says, in percent.
fn tax(catalog: &Catalog, item: Option<Item>, line: &CartLine, name: &str) -> Option<Rate> {
    let own = line.attributes.get(name).or_else(|| catalog.attribute(item?, name));
    own.and_then(Value::as_f64).and_then(Rate::percent)
}

/// The floor that the line's or the item's free attribute `name` sets.
#[allow(clippy::cast_possible_truncation)] // saturates; a floor beyond is no less absurd
fn floor(catalog: &Catalog, item: Option<Item>, line: &CartLine, name: &str) -> Option<i64> {
    let own = line.attributes.get(name).or_else(|| catalog.attribute(item?, name));
    own.and_then(Value::as_f64).map(|floor| floor as i64)
}

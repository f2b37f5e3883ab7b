//! Which candidates may be shown.

use super::Request;
use super::evidence::EvidenceTable;
use super::merchandising::Bend;
use crate::domain::{AttributeColumn, Catalog, Item, Value};

/// Why a candidate is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Barrier {
    /// In the cart, or the item asked about.
    InCart,
    /// Excluded for this member, or 'not interested'.
    Excluded,
    /// Lasts for years (`item.durable` is true) and was bought.
    Durable,
    /// There is none left.
    OutOfStock,
    /// Hidden by a rule of the retailer.
    Hidden,
    /// Does not meet the request's `where`.
    Filtered,
}

/// How many candidates each barrier held back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HeldBack([u32; 6]);

impl HeldBack {
    pub fn add(&mut self, barrier: Barrier) {
        if let Some(count) = self.0.get_mut(barrier as usize) {
            *count = count.saturating_add(1);
        }
    }

    pub fn count(&self, barrier: Barrier) -> u32 {
        self.0.get(barrier as usize).copied().unwrap_or(0)
    }
}

/// The conditions of one request.
pub(super) struct Eligibility<'a> {
    catalog: &'a Catalog,
    request: &'a Request<'a>,
    bend: &'a Bend<'a>,
    durable: Option<&'a AttributeColumn>,
    content: Option<&'a AttributeColumn>,
}

impl<'a> Eligibility<'a> {
    pub fn new(catalog: &'a Catalog, request: &'a Request<'a>, bend: &'a Bend<'a>) -> Self {
        let columns = &catalog.items.attributes;
        let column =
            |name: &str| columns.binary_search_by(|column| column.name.as_str().cmp(name)).ok().and_then(|place| columns.get(place));
        Eligibility { catalog, request, bend, durable: column("durable"), content: column("content") }
    }

    /// What holds `item` back; the first of the barriers in their order.
    pub fn barrier(&self, item: Item, table: &EvidenceTable) -> Option<Barrier> {
        if let Some(evidence) = table.get(item) {
            if evidence.in_cart {
                return Some(Barrier::InCart);
            }
            if evidence.excluded {
                return Some(Barrier::Excluded);
            }
            if evidence.times > 0 && is_true(self.durable, item) {
                return Some(Barrier::Durable);
            }
        }
        if !self.catalog.in_stock(item) {
            return Some(Barrier::OutOfStock);
        }
        if self.bend.hides(item) {
            return Some(Barrier::Hidden);
        }
        match self.request.filter {
            Some(filter) if !filter(item) => Some(Barrier::Filtered),
            _ => None,
        }
    }

    /// Whether `item` is an article, a video, an activity: `item.content` is true.
    pub fn is_content(&self, item: Item) -> bool {
        is_true(self.content, item)
    }
}

fn is_true(column: Option<&AttributeColumn>, item: Item) -> bool {
    let value = column.and_then(|column| column.values.get(column.places.get(item.index())? as usize));
    value == Some(&Value::Bool(true))
}

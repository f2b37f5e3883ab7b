//! A shop made for one case, from the JSON forms that a server would send.

use std::rc::Rc;

use regulars::domain::{Value, from_value};
use regulars::engine::{CatalogSource, Engine};
use regulars::offers::{Quote, QuoteLine};
use regulars::rules::NativeRegex;
use serde_json::{Value as Json, json};

use crate::record;

/// Noon of 10 June 2026 in UTC.
pub const NOW: i64 = 1_781_092_800_000;
pub const DAY: i64 = 86_400_000;

/// What a case needs; everything else has its default.
#[derive(Clone, Default)]
pub struct Shop {
    /// Items: `{"id", "price", ...}`.
    pub items: Vec<Json>,
    pub offers: Vec<Json>,
    pub stacking: Json,
    /// The profile's member, without its id.
    pub member: Json,
    /// Cart lines: `{"item", "quantity", ...}`.
    pub lines: Vec<Json>,
    pub shipping: Vec<Json>,
    pub codes: Vec<String>,
    /// Ids of offers to apply in this order, instead of the programme's choice.
    pub listed: Option<Vec<String>>,
    pub context: Json,
}

fn value(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}

impl Shop {
    /// An item, and so many of it in the cart.
    pub fn add(&mut self, id: &str, price: i64, quantity: i64) {
        self.items.push(json!({"id": id, "price": price}));
        self.lines.push(json!({"item": id, "quantity": quantity}));
    }

    /// The price of the cart.
    pub fn quote(&self) -> Quote {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = json!({
            "format": 1, "id": "case", "shop": "case", "version": 1, "issuedAt": 0,
            "currency": {"code": "XXX", "minorUnits": 2}, "zone": {"name": "UTC", "offsets": []}, "locales": ["en"],
            "items": self.items, "offers": self.offers, "stacking": self.stacking,
        });
        let info = engine.load_catalog(CatalogSource::Json(&value(&catalog)), &[], NOW).unwrap();
        let warnings: Vec<_> = info.warnings.iter().filter(|warning| warning.code != "signature-not-checked").collect();
        assert!(warnings.is_empty(), "{warnings:?} in {catalog}");
        let mut member = json!({"id": "someone"});
        member.as_object_mut().unwrap().extend(self.member.as_object().cloned().unwrap_or_default());
        engine.load_member(&value(&member), NOW).unwrap();
        let offers = self.listed.as_ref().map_or(json!("best"), |listed| json!(listed));
        let request = json!({"lines": self.lines, "shipping": self.shipping, "codes": self.codes, "offers": offers,
            "context": self.context, "now": NOW});
        let quote = engine.quote(&from_value(&value(&request)).unwrap(), NOW).unwrap();
        record::quote(&catalog, &member, &request, &quote);
        quote
    }
}

/// The line of `item`.
pub fn line<'q>(quote: &'q Quote, item: &str) -> Option<&'q QuoteLine> {
    quote.lines.iter().find(|line| line.item == item)
}

/// What a line saves.
pub fn saved(line: &QuoteLine) -> i64 {
    line.subtotal - line.total
}

/// What the offer called `id` saves.
pub fn saving(quote: &Quote, id: &str) -> i64 {
    quote.applied.iter().find(|applied| applied.offer == id).map_or(0, |applied| applied.saving)
}

/// Whether `id` is among the applied.
pub fn applied(quote: &Quote, id: &str) -> bool {
    quote.applied.iter().any(|applied| applied.offer == id)
}

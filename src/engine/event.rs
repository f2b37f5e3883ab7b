//! What happened on this device.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::EngineError;
use crate::domain::{Activity, Basket, BasketLine, Listed, OfferUse, Value, WalletCoupon, digits, whole_text};

/// One thing that happened on this device.
///
/// Known types and what they change at once: `view`, `search`, `click`, `add-to-cart`, `remove-from-cart` (the session),
/// `purchase` (history), `return` (what of an `order` was given back: `lines` of `item`, `quantity`), `dismiss` (the item
/// is left out from now on, the `message` rests), `rate`, `offer-claimed`, `offer-used` (wallet and limits), `exposure`.
/// Every other type is an action: `check-in`, `share`, `review`, `impression` (of a `message` on a `surface`), `benefit-used`,
/// `reward-redeemed`, `draw-entered`, ...: tasks, quotas and caps count it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberEvent {
    /// Counts up on this device; names the event together with the device.
    pub sequence: u64,
    /// What happened.
    pub kind: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The item, where there is one.
    pub item: Option<String>,
    /// All other fields, as they were given.
    pub fields: Vec<(String, Value)>,
}

/// Longest text accepted as an event's type.
const LONGEST_KIND: usize = 64;
/// Most fields accepted on one event.
const MOST_FIELDS: usize = 64;

/// The field of the flags that go out with an event.
pub(super) const FLAGS: &str = "flags";
/// Fields that say what an action is about, the first that is given.
const SUBJECTS: [&str; 8] = ["subject", "message", "benefit", "reward", "draw", "task", "offer", "order"];

impl MemberEvent {
    /// Reads `{type, at, item?, ...}`; `at` defaults to `now`.
    ///
    /// # Errors
    /// `malformed-request` with the field's name.
    pub fn from_value(event: Value, now: i64) -> Result<Self, EngineError> {
        let malformed = |path: &str, message: &str| EngineError::malformed("malformed-request", message, path);
        let Value::Object(entries) = event else { return Err(malformed("", "an event is an object")) };
        if entries.len() > MOST_FIELDS {
            return Err(malformed("", "an event has at most 64 fields"));
        }
        let mut read = MemberEvent { at: now, ..MemberEvent::default() };
        for (name, value) in entries {
            match (name.as_str(), value) {
                ("type", Value::String(kind)) if !kind.is_empty() && kind.len() <= LONGEST_KIND => read.kind = kind,
                ("type", _) => return Err(malformed("type", "an event's type is a text of 1 to 64 bytes")),
                ("at", Value::Number(at)) => {
                    read.at = whole(at).ok_or_else(|| malformed("at", "a time is a whole number of milliseconds"))?;
                }
                ("at" | "item", Value::Null) => {}
                ("at", _) => return Err(malformed("at", "a time is a whole number of milliseconds")),
                ("item", Value::String(item)) => read.item = Some(item),
                ("item", _) => return Err(malformed("item", "an item is named by its id")),
                ("sequence", Value::Number(sequence)) => {
                    read.sequence = whole(sequence).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
                }
                (_, value) => read.fields.push((name, value)),
            }
        }
        if read.kind.is_empty() {
            return Err(malformed("type", "an event has a type"));
        }
        Ok(read)
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The text of the field called `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Value::as_str)
    }

    /// The whole number in the field called `name`.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.field(name).and_then(Value::as_f64).and_then(whole)
    }

    /// The basket of a `purchase`: its `lines`, or its one `item`. Its id is the field `order`, else `id`, else made
    /// from its time and
    /// sequence.
    pub fn basket(&self) -> Option<Basket> {
        if self.kind != "purchase" {
            return None;
        }
        let line = |item: &str, quantity: Option<i64>, paid: Option<i64>| BasketLine {
            item: item.into(),
            quantity: quantity.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
            paid,
        };
        let whole_of = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64).and_then(whole);
        let lines = match (self.field("lines").and_then(Value::as_array), &self.item) {
            (Some(lines), _) => lines
                .iter()
                .filter_map(|value| Some(line(value.get("item")?.as_str()?, whole_of(value, "quantity"), whole_of(value, "paid"))))
                .listed(),
            (None, Some(item)) => alloc::vec![line(item, self.integer("quantity"), self.integer("paid"))],
            (None, None) => return None,
        };
        let id = self
            .text("order")
            .or_else(|| self.text("id"))
            .map_or_else(|| ["device-", &whole_text(self.at), "-", &digits(self.sequence)].concat(), ToString::to_string);
        let owned = |name: &str| self.text(name).map(ToString::to_string);
        Some(Basket { id, at: self.at, store: owned("store"), channel: owned("channel"), lines })
    }

    /// The lines of a `return`: the order, and of each item how many pieces.
    pub fn returned(&self) -> Option<(&str, Vec<(&str, u32)>)> {
        if self.kind != "return" {
            return None;
        }
        let pieces = |value: Option<&Value>| value.and_then(Value::as_f64).and_then(whole).and_then(|count| u32::try_from(count).ok());
        let lines = match (self.field("lines").and_then(Value::as_array), &self.item) {
            (Some(lines), _) => {
                lines.iter().filter_map(|line| Some((line.get("item")?.as_str()?, pieces(line.get("quantity")).unwrap_or(1)))).listed()
            }
            (None, Some(item)) => alloc::vec![(item.as_str(), pieces(self.field("quantity")).unwrap_or(1))],
            (None, None) => return None,
        };
        Some((self.text("order")?, lines))
    }

    /// What it tells of what the member did beside buying. It is about what the first of the fields `subject`, `message`,
    /// `benefit`, `reward`, `draw`, `task`, `offer`, `order` names, else about the item.
    pub fn activity(&self) -> Option<Activity> {
        if matches!(self.kind.as_str(), "purchase" | "return" | "exposure" | "search" | "add-to-cart" | "remove-from-cart") {
            return None;
        }
        let subject = SUBJECTS.iter().find_map(|name| self.text(name)).or(self.item.as_deref());
        let id = self.text("id").map_or_else(|| ["device-", &digits(self.sequence)].concat(), ToString::to_string);
        Some(Activity {
            id,
            at: self.at,
            kind: self.kind.clone(),
            subject: subject.map(ToString::to_string),
            surface: self.text("surface").map(ToString::to_string),
            result: None,
        })
    }

    /// Whether nothing speaks against it: an event flagged as unbelievable still goes to the server, and counts for nothing
    /// here.
    pub fn is_believed(&self) -> bool {
        let flags = self.field(FLAGS).and_then(Value::as_array).unwrap_or_default();
        !flags.iter().filter_map(Value::as_str).any(|flag| matches!(flag, "velocity" | "duplicate"))
    }

    /// The same event with these flags in the place of any it had: nobody but the engine sets them.
    #[must_use]
    pub fn flagged(mut self, flags: &[&str]) -> Self {
        self.fields.retain(|(name, _)| name != FLAGS);
        if !flags.is_empty() {
            self.fields.push((FLAGS.into(), Value::Array(flags.iter().map(|flag| Value::from(*flag)).listed())));
        }
        self
    }

    /// The coupon that an `offer-claimed` puts into the wallet, for one use: until the profile tells of it.
    pub fn claimed(&self) -> Option<WalletCoupon> {
        if self.kind != "offer-claimed" {
            return None;
        }
        Some(WalletCoupon {
            offer: self.text("offer")?.into(),
            code: self.text("code").map(ToString::to_string),
            received_at: Some(self.at),
            expires_at: self.integer("expiresAt"),
            uses_left: Some(1),
        })
    }

    /// The use that an `offer-used` tells of.
    pub fn offer_use(&self) -> Option<OfferUse> {
        if self.kind != "offer-used" {
            return None;
        }
        Some(OfferUse {
            offer: self.text("offer")?.into(),
            at: self.at,
            code: self.text("code").map(ToString::to_string),
            saved: self.integer("saved"),
        })
    }
}

impl Serialize for MemberEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sequence", &self.sequence)?;
        map.serialize_entry("type", &self.kind)?;
        map.serialize_entry("at", &self.at)?;
        if let Some(item) = &self.item {
            map.serialize_entry("item", item)?;
        }
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The whole number that `number` is exactly.
pub(super) fn whole(number: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // in range by the guard
    (f64::trunc(number) == number && f64::abs(number) <= 9_007_199_254_740_991.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<MemberEvent, EngineError> {
        MemberEvent::from_value(serde_json::from_str(text).unwrap(), 7)
    }

    #[test]
    fn what_is_no_event_is_refused_with_the_field() {
        for (text, path) in [
            ("[]", ""),
            ("{}", "type"),
            (r#"{"type": ""}"#, "type"),
            (r#"{"type": 3}"#, "type"),
            (r#"{"type": "view", "at": 1.5}"#, "at"),
            (r#"{"type": "view", "at": "now"}"#, "at"),
            (r#"{"type": "view", "item": 5}"#, "item"),
        ] {
            assert_eq!(read(text).unwrap_err().path.as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn time_defaults_to_now() {
        assert_eq!(read(r#"{"type": "view", "item": "a"}"#).unwrap().at, 7);
    }

    #[test]
    fn a_purchase_gives_a_basket() {
        let event = read(r#"{"type": "purchase", "order": "o1", "lines": [{"item": "a", "quantity": 2, "paid": 300}, {"item": "b"}, {}]}"#)
            .unwrap();
        let basket = event.basket().unwrap();
        assert_eq!((basket.id.as_str(), basket.lines.len(), basket.lines[0].quantity, basket.lines[0].paid), ("o1", 2, 2, Some(300)));
        assert!(read(r#"{"type": "view", "item": "a"}"#).unwrap().basket().is_none());
    }

    #[test]
    fn other_fields_come_back() {
        let event = read(r#"{"type": "search", "query": "milk"}"#).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), r#"{"sequence":0,"type":"search","at":7,"query":"milk"}"#);
    }

    #[test]
    fn actions_say_what_they_are_about() {
        let activity = |text: &str| read(text).unwrap().activity();
        for kind in ["purchase", "search", "exposure", "return", "add-to-cart"] {
            assert_eq!(activity(&alloc::format!(r#"{{"type": "{kind}", "item": "a"}}"#)), None, "{kind}");
        }
        let seen = activity(r#"{"type": "impression", "item": "a", "message": "sale", "surface": "push", "id": "x"}"#).unwrap();
        assert_eq!((seen.id.as_str(), seen.subject.as_deref(), seen.surface.as_deref(), seen.at), ("x", Some("sale"), Some("push"), 7));
        let viewed = activity(r#"{"type": "view", "item": "a", "sequence": 4}"#).unwrap();
        assert_eq!((viewed.id.as_str(), viewed.subject.as_deref()), ("device-4", Some("a")));
    }

    #[test]
    fn a_page_cannot_set_flags_or_clear_them() {
        let forged = read(r#"{"type": "share", "flags": []}"#).unwrap().flagged(&["velocity"]);
        assert!(!forged.is_believed());
        assert!(read(r#"{"type": "share", "flags": ["velocity"]}"#).unwrap().flagged(&["cap"]).is_believed());
        assert!(read(r#"{"type": "share", "flags": ["velocity"]}"#).unwrap().flagged(&[]).fields.is_empty());
    }

    #[test]
    fn a_return_names_the_order_and_its_pieces() {
        let event = read(r#"{"type": "return", "order": "o", "lines": [{"item": "a", "quantity": 2}, {"item": "b"}, {}]}"#).unwrap();
        assert_eq!(event.returned(), Some(("o", alloc::vec![("a", 2), ("b", 1)])));
        assert_eq!(read(r#"{"type": "return", "item": "a"}"#).unwrap().returned(), None);
    }
}

//! Exposures: who came into which arm, counted once for each unit, experiment and arm, when the answer is used.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::{Device, Engine, MemberEvent};
use crate::domain::{Arrange, Value, whole_text};
use crate::experiments::{Effects, Exposure, StickyDocument};
use crate::rules::{AttributeSource, AttributeTable, NumberText};

/// What an evaluation led to that was not known before.
#[derive(Default)]
pub(super) struct Used {
    pub(super) exposures: Vec<(String, MemberEvent)>,
    pub(super) sticky: Vec<StickyDocument>,
}

impl Used {
    /// What `device` has not counted yet. With each exposure goes a hash of the attributes that rules read, so that a
    /// report can tell whether two were decided alike.
    pub(super) fn of(effects: Effects<'_>, now: i64, device: &Device, table: &AttributeTable, attributes: &dyn AttributeSource) -> Self {
        let mut exposures: Vec<(String, MemberEvent)> = Vec::new();
        for exposure in &effects.exposures {
            let key = exposure.dedupe_key();
            if !device.exposed.contains(&key) && !exposures.iter().any(|(known, _)| *known == key) {
                exposures.push((key, event_of(exposure, now)));
            }
        }
        if !exposures.is_empty() {
            let hash = attributes_hash(table, attributes);
            for (_, event) in &mut exposures {
                event.fields.push(("attributesHash".into(), hash.as_str().into()));
            }
        }
        Used { exposures, sticky: effects.sticky }
    }
}

impl Engine {
    /// Keeps arms that stick, and counts exposures, unless the caller only looks.
    pub(super) fn settle(&mut self, used: Used, peek: bool) {
        if peek || self.peek {
            return;
        }
        for document in used.sticky {
            self.device.sticky.insert(document);
        }
        for (key, event) in used.exposures {
            self.device.expose(key, event);
        }
    }
}

/// What is equal for the exposures of the same unit, experiment and arm, told by an event; `None` where the event names
/// none.
pub(super) fn key_of(event: &MemberEvent) -> Option<String> {
    let unit = match event.field("hashValue")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => NumberText::of(*number).as_str().into(),
        _ => return None,
    };
    let arm = whole_text(event.integer("variation")?);
    Some([event.text("hashAttribute").unwrap_or("id"), &unit, event.text("experiment")?, &arm].concat())
}

/// The event of an exposure: ids, time and arm, nothing of the member's traits.
fn event_of(exposure: &Exposure<'_>, now: i64) -> MemberEvent {
    let result = &exposure.result;
    #[allow(clippy::cast_precision_loss)] // arms are few
    let arm = result.variation_id as f64;
    let mut fields: Vec<(String, Value)> = alloc::vec![
        ("experiment".to_string(), exposure.experiment.into()),
        ("variation".to_string(), Value::Number(arm)),
        ("key".to_string(), Value::String(result.key.to_string())),
        ("hashAttribute".to_string(), result.hash_attribute.into()),
        ("hashValue".to_string(), result.hash_value.to_value()),
    ];
    if let Some(feature) = result.feature_id {
        fields.push(("feature".to_string(), feature.into()));
    }
    MemberEvent { kind: "exposure".into(), at: now, fields, ..MemberEvent::default() }
}

/// The first 8 bytes, as 16 hexadecimal digits, of SHA-256 over what rules read but the time: `path=value` and a line
/// break each, by ascending path. Equal for equal attributes under the same rules.
fn attributes_hash(table: &AttributeTable, attributes: &dyn AttributeSource) -> String {
    let mut read: Vec<(&str, Value)> = Vec::new();
    for (id, path) in table.iter() {
        let value = attributes.value(id);
        if !value.is_null() && !path.starts_with("now.") {
            read.push((path, value.to_value()));
        }
    }
    read.arrange_by(|left, right| left.0.cmp(right.0));
    let mut hasher = Sha256::new();
    for (path, value) in &read {
        hasher.update(path.as_bytes());
        hasher.update(b"=");
        write_value(value, &mut hasher);
        hasher.update(b"\n");
    }
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    hasher.finalize().iter().take(8).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn write_value(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Null => hasher.update(b"null"),
        Value::Bool(flag) => hasher.update(if *flag { &b"true"[..] } else { b"false" }),
        Value::Number(number) => hasher.update(NumberText::of(*number).as_str().as_bytes()),
        Value::String(text) => {
            hasher.update(b"\"");
            hasher.update(text.as_bytes());
        }
        Value::Array(elements) => {
            hasher.update(b"[");
            for element in elements {
                write_value(element, hasher);
                hasher.update(b",");
            }
        }
        Value::Object(entries) => {
            hasher.update(b"{");
            for (name, value) in entries {
                hasher.update(name.as_bytes());
                hasher.update(b":");
                write_value(value, hasher);
                hasher.update(b",");
            }
        }
    }
}

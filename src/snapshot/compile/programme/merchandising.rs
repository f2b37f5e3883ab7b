//! The retailer's rules for lists.

use alloc::vec::Vec;

use super::{condition, entries, left_out, window};
use crate::domain::{Listed, Value, ValueError, ValueErrorKind};
use crate::recommend::{Act, MerchandisingRule, Strategy};
use crate::rules::{AttributeTable, Condition};
use crate::snapshot::compile::Context;
use crate::snapshot::wire::programme as wire;
use wire::MerchandisingAct;

/// The rules in the list `merchandising` of the programme. One that makes no sense is left out with the warning
/// `programme-part-disabled`.
pub fn merchandising(programme: &Value, context: &mut Context<'_>) -> Vec<MerchandisingRule> {
    let mut rules = Vec::new();
    for (index, wire) in entries::<wire::MerchandisingRule>(programme, "merchandising", context) {
        match rule(&wire, context) {
            Ok(rule) => rules.push(rule),
            Err(error) => left_out("merchandising", index, &Value::Null, &error, context),
        }
    }
    rules
}

fn rule(wire: &wire::MerchandisingRule, context: &mut Context<'_>) -> Result<MerchandisingRule, ValueError> {
    let needs = |field: &str| ValueError::new(ValueErrorKind::OutOfRange).in_field(field);
    let act = match wire.act {
        MerchandisingAct::Boost => {
            Act::Boost(wire.factor.filter(|factor| (0.001..=1000.0).contains(factor)).ok_or_else(|| needs("factor"))?)
        }
        MerchandisingAct::Pin => Act::Pin(wire.place.filter(|place| *place > 0).ok_or_else(|| needs("place"))? as usize),
        MerchandisingAct::Bury => Act::Bury,
        MerchandisingAct::Hide => Act::Hide,
        MerchandisingAct::Cap => Act::Cap(wire.most.ok_or_else(|| needs("most"))? as usize, wire.per),
    };
    let named = |(index, name): (usize, &alloc::string::String)| {
        Strategy::named(name).ok_or_else(|| ValueError::invalid("is no strategy").at_index(index).in_field("strategies"))
    };
    let mut asked = AttributeTable::default();
    if !wire.when.is_null() {
        Condition::compile(&wire.when, &mut asked, &context.rules);
    }
    Ok(MerchandisingRule {
        id: wire.id.as_str().into(),
        act,
        goods: condition(&wire.r#where, context),
        when: condition(&wire.when, context),
        personal: asked.iter().any(|(_, path)| path.starts_with("member.")),
        window: window(&wire.window, context)?,
        strategies: wire.strategies.iter().enumerate().map(named).listed_until_error()?,
        placements: wire.placements.clone(),
    })
}

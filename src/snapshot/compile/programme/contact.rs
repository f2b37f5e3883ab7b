//! What may be said, and how a member's value is measured.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::audience::Said;
use super::privileges::quota;
use super::{condition, entries, left_out};
use crate::domain::{Listed, Value, ValueError, field_or_default};
use crate::loyalty::{Audience, Churn, Contact, Ladder, Message, RfmLimits, Span, Topic, ValueRules};
use crate::rules::Condition;
use crate::snapshot::compile::Context;
use crate::snapshot::compile::moment::minute_of_day;
use crate::snapshot::wire::programme as wire;

/// For how many days something that was dismissed is not said again, where the programme does not say.
const DISMISSED_DAYS: u32 = 30;
/// Kinds that are said without a message.
const AUTOMATIC: [&str; 7] = ["expiring-points", "coupon-ends", "tier-nudge", "tier-keep", "task", "offer", "buy-again"];

pub(super) fn contact(programme: &Value, ladder: &Ladder, context: &mut Context<'_>) -> Result<Contact, ValueError> {
    let none = Value::Object(Vec::new());
    let wire = programme.get("contact").filter(|contact| !contact.is_null()).unwrap_or(&none);
    if wire.as_object().is_none() {
        return Err(ValueError::wrong_type("an object", wire).in_field("contact"));
    }
    let inside = |error: ValueError| error.in_field("contact");
    let quiet: Option<wire::QuietHours> = field_or_default(wire, "quietHours").map_err(inside)?;
    let caps: Vec<wire::Quota> = field_or_default(wire, "caps").map_err(inside)?;
    let automatic: Option<Vec<String>> = field_or_default(wire, "automatic").map_err(inside)?;
    let dismissed_days: Option<u32> = field_or_default(wire, "dismissedDays").map_err(inside)?;
    let mut contact = Contact {
        quiet: quiet.map(|hours| quiet_hours(&hours)).transpose().map_err(|error| inside(error.in_field("quietHours")))?,
        caps: caps.iter().map(quota).listed(),
        interrupting: field_or_default(wire, "interrupting").map_err(inside)?,
        dismissed_days: dismissed_days.unwrap_or(DISMISSED_DAYS),
        person: field_or_default(wire, "person").map_err(inside)?,
        messages: Vec::new(),
    };
    for (index, wire) in entries::<wire::Message>(wire, "messages", context) {
        match message(wire, ladder, context) {
            Ok(message) => contact.messages.push(message),
            Err(error) => left_out("messages", index, &Value::Null, &error, context),
        }
    }
    for kind in AUTOMATIC {
        let wanted = automatic.as_ref().is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind));
        if wanted && !contact.messages.iter().any(|message| message.kind == kind) {
            let topic = Topic::of(kind);
            let (id, kind) = (kind.to_string(), kind.to_string());
            contact.messages.push(Message {
                id,
                kind,
                topic,
                weight: 1.0,
                personal: topic.is_personal(),
                calm: true,
                ..Message::default()
            });
        }
    }
    Ok(contact)
}

/// Tags worked out on the device. One without a condition would be everybody's, and is left out.
pub(super) fn tags(programme: &Value, context: &mut Context<'_>) -> Vec<(String, Condition)> {
    let mut tags = Vec::new();
    for (index, wire) in entries::<wire::TagRule>(programme, "tags", context) {
        if wire.when.is_null() || wire.id.is_empty() {
            left_out("tags", index, &Value::Null, &ValueError::invalid("needs an id and a condition"), context);
            continue;
        }
        let when = condition(&wire.when, context);
        tags.push((wire.id, when));
    }
    tags
}

fn quiet_hours(wire: &wire::QuietHours) -> Result<(u16, u16), ValueError> {
    let minute = |text: &str, name| minute_of_day(text).ok_or_else(|| ValueError::invalid("must be `HH:MM`").in_field(name));
    Ok((minute(&wire.from, "from")?, minute(&wire.until, "until")?))
}

fn message(wire: wire::Message, ladder: &Ladder, context: &mut Context<'_>) -> Result<Message, ValueError> {
    let said =
        Said { tiers: &wire.tiers, from_tier: wire.from_tier.as_ref(), segments: &wire.segments, when: &wire.when, window: &wire.window };
    let audience = said.compile(ladder, context)?;
    let topic = Topic::of(&wire.kind);
    Ok(Message {
        personal: wire.personal || topic.is_personal() || reads_traits(&audience, context),
        audience,
        topic,
        weight: if wire.weight > 0.0 && wire.weight.is_finite() { wire.weight } else { 1.0 },
        quota: wire.quota.as_ref().map(quota),
        calm: false,
        id: wire.id,
        kind: wire.kind,
        surfaces: wire.surfaces,
        offer: wire.offer,
        task: wire.task,
        benefit: wire.benefit,
        item: wire.item,
    })
}

fn reads_traits(audience: &Audience, context: &Context<'_>) -> bool {
    let neutral = |path: &str| path == "member.tier" || path.starts_with("now.") || path.starts_with("context.");
    !audience.segments.is_empty() || audience.when.attributes().iter().any(|id| !neutral(context.attributes.path(*id)))
}

pub(super) fn value(programme: &Value) -> Result<ValueRules, ValueError> {
    let wire: wire::MemberValue = field_or_default(programme, "value")?;
    let limits = wire.rfm.map(|rfm| limits(&rfm)).transpose().map_err(|error| error.in_field("rfm").in_field("value"))?;
    Ok(ValueRules {
        window: if wire.window.is_zero() { Span::of_months(12) } else { wire.window },
        rfm: limits,
        churn: wire.churn.map(|churn| Churn { middle: churn.middle, steepness: churn.steepness, prior_days: churn.prior_days }),
    })
}

fn limits(wire: &wire::Rfm) -> Result<RfmLimits, ValueError> {
    let four = |limits: Vec<i64>, name| {
        let four = <[i64; 4]>::try_from(limits).ok().filter(|limits| limits.is_sorted());
        four.ok_or_else(|| ValueError::invalid("must be four ascending limits").in_field(name))
    };
    Ok(RfmLimits {
        recency_days: four(wire.recency_days.iter().map(|days| i64::from(*days)).listed(), "recencyDays")?,
        frequency: four(wire.frequency.iter().map(|times| i64::from(*times)).listed(), "frequency")?,
        monetary: four(wire.monetary.clone(), "monetary")?,
    })
}

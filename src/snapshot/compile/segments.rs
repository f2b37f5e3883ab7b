//! Segments to compiled conditions.

use alloc::vec::Vec;

use super::Context;
use crate::domain::{Reason, Value, ValueError, from_value};
use crate::rules::Segments;
use crate::snapshot::wire::segment::SegmentWire;

/// The segments in the list `segments`. One that can't be read, or that has the id of one before it, is left out with a
/// warning.
pub fn compile(segments: &Value, context: &mut Context<'_>) -> Segments {
    let mut wires: Vec<(usize, SegmentWire)> = Vec::new();
    for (index, value) in context.list("segments", segments).iter().enumerate() {
        let wire = from_value::<SegmentWire>(value).and_then(|wire| {
            let taken = wires.iter().any(|(_, known)| known.id == wire.id);
            if taken { Err(ValueError::invalid("is used twice").in_field("id")) } else { Ok(wire) }
        });
        match wire {
            Ok(wire) => wires.push((index, wire)),
            Err(error) => {
                let id = value.get("id").and_then(Value::as_str);
                context.warnings.disabled("segment-disabled", "segment", id, index, &error.at_index(index));
            }
        }
    }
    let named = wires.iter().map(|(_, wire)| (wire.id.as_str(), &wire.condition));
    let segments = Segments::compile(named, &mut context.attributes, &context.rules);
    for (place, problem) in segments.problems() {
        let Some((index, wire)) = wires.get(*place) else { continue };
        let code = if problem.kind.disables() { "segment-disabled" } else { "segment-problem" };
        let path = ValueError::invalid("").in_field(&problem.path).in_field("condition").at_index(*index);
        let reason = Reason::new(code).with("segment", wire.id.as_str());
        context.warnings.push(reason.with("path", path.path()).with("message", problem.kind.code()));
    }
    segments
}

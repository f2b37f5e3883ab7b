//! Flags that go out with events: what the server should look at twice. The device never grants; it tells.
//!
//! | flag | on | counts for answers here |
//! |---|---|---|
//! | `velocity` | one more of an action than the programme's `velocity` believes over its seconds | no |
//! | `clock-ahead` | an event more than 5 minutes after the engine's clock | from its own time on |
//! | `duplicate` | an event whose `id` came before with other content, or an order that the profile has with another total | no |
//! | `clock-back` | an event when the engine's clock shows more than 5 minutes less than it did before | yes |
//! | `clock-skew` | an event while the device's clock is more than 5 minutes off the server's; its field `clockOffset` says how much | yes |
//! | `cap` | an action whose earning rules have all reached their caps | yes, and earns nothing |

use alloc::vec::Vec;

use super::catalog::Surroundings;
use super::event::MemberEvent;
use super::{Device, Engine};
use crate::domain::{Arrange, Basket, Listed, Member, Value};
use crate::loyalty::{MemberView, Occasion, Velocity};

/// How far clocks may be off before it is told.
const CLOCK_TOLERANCE: i64 = 300_000;

impl Engine {
    /// `event`, which happens at the engine's time `now`, with its flags.
    pub(super) fn with_flags(&self, event: MemberEvent, now: i64) -> MemberEvent {
        if !cfg!(feature = "loyalty") {
            return event;
        }
        let velocity = self.snapshot.as_ref().map_or(&[][..], |snapshot| &snapshot.programme().velocity);
        let mut flags = flags(&event, &self.device, &self.member, velocity, now);
        if self.is_capped(&event) {
            flags.push("cap");
        }
        let mut event = event.flagged(&flags);
        if flags.contains(&"clock-skew") {
            event.fields.retain(|(name, _)| name != "clockOffset");
            #[allow(clippy::cast_precision_loss)] // honest offsets are exact
            event.fields.push(("clockOffset".into(), Value::Number(self.device.clock_offset as f64)));
        }
        event
    }

    /// Whether the flags of `event` depend on what the member did before.
    pub(super) fn looks_back(&self, event: &MemberEvent) -> bool {
        event.kind == "purchase"
            || self.snapshot.as_ref().is_some_and(|snapshot| {
                let programme = snapshot.programme();
                programme.velocity.iter().any(|limit| limit.action == event.kind)
                    || programme.earning.rules.iter().any(|rule| rule.on == event.kind)
            })
    }

    /// Whether there are rules by which `event` earns, and the caps of all of them are reached.
    fn is_capped(&self, event: &MemberEvent) -> bool {
        let Some(snapshot) = &self.snapshot else { return false };
        let earning = &snapshot.programme().earning;
        if event.kind == "purchase" || !earning.rules.iter().any(|rule| rule.on == event.kind && !rule.caps.is_empty()) {
            return false;
        }
        let view = MemberView::new(&self.member, &[], &|_| None);
        let attributes = self.attributes(snapshot, event.at, Surroundings::default());
        let expected = self.expected(snapshot, &view, &attributes, event.at);
        let before = |id: &str, stretch| expected.with_earned(&view, id, stretch);
        let at = Occasion { member: &attributes, view: &view, before: &before, zone: &snapshot.info.zone, now: event.at };
        let mut rules = earning.by_action(&event.kind, 1, &at).into_iter().peekable();
        rules.peek().is_some() && rules.all(|earned| earned.points == 0 && earned.capped > 0)
    }
}

/// What speaks against `event`, but for caps. `member` has what happened here before.
fn flags(event: &MemberEvent, device: &Device, member: &Member, velocity: &[Velocity], now: i64) -> Vec<&'static str> {
    let mut flags = Vec::new();
    if is_duplicate(event, device, member) {
        flags.push("duplicate");
    }
    if event.at > now.saturating_add(CLOCK_TOLERANCE) {
        flags.push("clock-ahead");
    }
    if now < device.latest.saturating_sub(CLOCK_TOLERANCE) {
        flags.push("clock-back");
    }
    if device.clock_offset.saturating_abs() > CLOCK_TOLERANCE {
        flags.push("clock-skew");
    }
    let before = || -> Vec<i64> {
        match event.kind.as_str() {
            "purchase" => member.history.iter().map(|basket| basket.at).listed(),
            kind => member.activities.iter().filter(|activity| activity.kind == kind).map(|activity| activity.at).listed(),
        }
    };
    if velocity.iter().any(|limit| limit.action == event.kind && limit.is_exceeded(event.at, before().into_iter())) {
        flags.push("velocity");
    }
    flags
}

/// Whether something else came before under the same id.
fn is_duplicate(event: &MemberEvent, device: &Device, member: &Member) -> bool {
    if let Some(id) = event.text("id") {
        let known = device.events.iter().find(|known| known.kind == event.kind && known.text("id") == Some(id));
        if let Some(known) = known {
            return content(known) != content(event);
        }
    }
    let total = |basket: &Basket| basket.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.paid.unwrap_or(0)));
    event.basket().is_some_and(|basket| {
        let known = member.history.iter().find(|known| known.id == basket.id && !known.id.is_empty());
        known.is_some_and(|known| total(known) != total(&basket) && basket.lines.iter().all(|line| line.paid.is_some()))
    })
}

/// What an event says beside its own number and flags.
fn content(event: &MemberEvent) -> (Option<&str>, Vec<(&str, &Value)>) {
    let mut fields: Vec<(&str, &Value)> = event
        .fields
        .iter()
        .filter(|(name, _)| name != super::event::FLAGS && name != "clockOffset")
        .map(|(name, value)| (name.as_str(), value))
        .listed();
    fields.arrange_by_key(|(name, _)| *name);
    (event.item.as_deref(), fields)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::engine::testing::{shop, value};

    /// Three shares in a minute are too many, and two check-ins a day earn.
    fn engine() -> Engine {
        let mut engine = shop(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [],
                "programme": {"id": "club", "velocity": [{"action": "share", "count": 2, "seconds": 60}],
                  "points": {"earning": [{"id": "sign", "on": "check-in", "points": 5, "caps": [{"count": 2, "per": "day"}]}]}}}"#,
        );
        engine.load_member(&value(r#"{"id": "m", "history": [{"id": "o", "at": 5, "lines": [{"item": "a", "paid": 700}]}]}"#), 0).unwrap();
        engine
    }

    /// The flags of `event` where the device's clock shows `clock`.
    fn flags_of(engine: &mut Engine, event: &str, clock: i64) -> Vec<String> {
        engine.track(value(event), clock).unwrap();
        let last = engine.device().events.last().unwrap();
        let flags = last.field("flags").and_then(Value::as_array).unwrap_or_default();
        flags.iter().filter_map(Value::as_str).map(Into::into).collect()
    }

    const NOON: i64 = 1_772_280_000_000;

    #[test]
    fn an_ordinary_event_has_no_flags() {
        assert!(flags_of(&mut engine(), r#"{"type": "share", "flags": ["velocity"]}"#, NOON).is_empty());
        assert!(flags_of(&mut engine(), r#"{"type": "purchase", "order": "o", "item": "a", "paid": 700}"#, NOON).is_empty());
    }

    #[test]
    fn too_many_in_a_short_time_are_flagged_and_count_for_nothing() {
        let mut engine = engine();
        let flags: Vec<_> = (0..4).map(|second| flags_of(&mut engine, r#"{"type": "share"}"#, NOON + second * 1000)).collect();
        assert_eq!(flags, [&[][..], &[], &["velocity"], &["velocity"]]);
        assert_eq!(engine.member.activities.len(), 2);
        assert!(flags_of(&mut engine, r#"{"type": "share"}"#, NOON + 61_000).is_empty());
    }

    #[test]
    fn clocks_that_cannot_be_are_flagged() {
        let mut engine = engine();
        let ahead = alloc::format!(r#"{{"type": "share", "at": {}}}"#, NOON + 300_001);
        assert_eq!(flags_of(&mut engine, &ahead, NOON), ["clock-ahead"]);
        assert_eq!(flags_of(&mut engine, r#"{"type": "share"}"#, NOON - 300_001), ["clock-back"]);
        engine.observe_server_time(NOON + 400_000, NOON);
        assert_eq!(flags_of(&mut engine, r#"{"type": "share"}"#, NOON), ["clock-skew"]);
        assert_eq!(engine.device().events.last().unwrap().integer("clockOffset"), Some(400_000));
    }

    #[test]
    fn one_id_for_two_different_things_is_flagged() {
        let mut engine = engine();
        assert!(flags_of(&mut engine, r#"{"type": "review", "id": "r", "item": "a", "stars": 5}"#, NOON).is_empty());
        engine.track(value(r#"{"type": "review", "stars": 5, "id": "r", "item": "a"}"#), NOON).unwrap();
        assert_eq!(engine.device().events.len(), 1, "the same twice is one");
        assert_eq!(flags_of(&mut engine, r#"{"type": "review", "id": "r", "item": "b", "stars": 5}"#, NOON), ["duplicate"]);
        assert_eq!(flags_of(&mut engine, r#"{"type": "purchase", "order": "o", "item": "a", "paid": 7000}"#, NOON), ["duplicate"]);
    }

    #[test]
    fn an_action_beyond_its_caps_is_flagged() {
        let mut engine = engine();
        let flags: Vec<_> = (0..3).map(|hour| flags_of(&mut engine, r#"{"type": "check-in"}"#, NOON + hour * 3_600_000)).collect();
        assert_eq!(flags, [&[][..], &[], &["cap"]]);
        assert!(flags_of(&mut engine, r#"{"type": "check-in"}"#, NOON + 24 * 3_600_000).is_empty());
    }
    #[test]
    fn noting_and_catching_up_is_tracking() {
        let (mut one, mut other) = (engine(), engine());
        for second in 0..40 {
            for kind in ["view", "share", "check-in", "dismiss", "purchase"] {
                let event = alloc::format!(r#"{{"type": "{kind}", "order": "p{second}", "item": "a", "paid": 700}}"#);
                one.track(value(&event), NOON + second * 1000).unwrap();
                other.note(value(&event), NOON + second * 1000).unwrap();
            }
        }
        assert_ne!(one.member, other.member);
        other.catch_up();
        assert_eq!((&one.member, &one.visible, one.device()), (&other.member, &other.visible, other.device()));
    }
}

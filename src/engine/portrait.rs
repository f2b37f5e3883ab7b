//! What is known of the member on this device, for the member to see, delete and take along.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::affinity::Affinities;
use super::membership::MemberWorth;
use super::seen::price;
use super::{Device, Engine, EngineError, PortraitRequest};
use crate::domain::{Listed, Member, Reason, hex};
use crate::experiments::StickyBuckets;
use crate::loyalty::MemberView;
use crate::rules::{Attributes, Condition};
use crate::snapshot::Snapshot;

/// The attribute by which rules read tags.
const TAGS: &str = "member.tags";

/// A tag, with what it is used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MemberTag {
    /// Its name.
    pub tag: String,
    /// Where it comes from.
    pub source: String,
    /// What reads it: `segment:<id>`, `offer:<id>`, `benefit:<id>`, `message:<id>`, ... What reads it through a segment is
    /// not told apart.
    pub used_for: Vec<String>,
}

/// Everything about the member on this device.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Export<'a> {
    /// The member, as the server pushed it.
    pub member: Option<&'a Member>,
    /// Latest events on this device, oldest first.
    pub events: Vec<&'a super::MemberEvent>,
    /// Events that wait for the server, oldest first: all that will leave the device.
    pub waiting: Vec<&'a super::MemberEvent>,
    /// How many there are.
    pub events_waiting: usize,
    /// The number that names this device in batches, as hexadecimal digits.
    pub device: String,
    /// What is added to the device's clock to get the server's, in milliseconds.
    pub clock_offset: i64,
    /// Experiments whose exposure was counted.
    pub exposed: Vec<&'a String>,
    /// Arms of experiments that stick to the member.
    pub sticky: &'a StickyBuckets,
    /// What a profile carried and was left out on this device.
    pub left_out: Vec<Reason>,
    /// Whether answers may be personal.
    pub personalised: bool,
    /// Purposes decided on.
    pub purposes: Vec<(&'a str, bool)>,
    /// Tags deleted on this device.
    pub forgotten_tags: &'a [String],
    /// Segments the member is in now.
    pub segments: Vec<String>,
    /// Tags and what reads them.
    pub tags: Vec<MemberTag>,
    /// What the member buys most; nothing without personalisation.
    pub affinities: Option<Affinities>,
}

/// What is known of the member's ways.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct Portrait {
    /// Whether anything may be read.
    pub personalised: bool,
    /// The stage of the membership.
    pub lifecycle: String,
    /// Recency, frequency and monetary value.
    pub value: MemberWorth,
    /// Segments the member is in.
    pub segments: Vec<String>,
    /// Tags and what reads them.
    pub tags: Vec<MemberTag>,
    /// What the member buys most.
    pub affinities: Affinities,
    /// Items that the member does not want to see.
    pub excluded: Vec<String>,
}

impl Engine {
    /// The member's tags in use at the device's time `clock`, each with what reads it; none without personalisation, since
    /// nothing does then.
    pub fn tags(&self, clock: i64) -> Vec<MemberTag> {
        self.tags_at(self.now(None, clock))
    }

    /// The same at `now`: tags of the server, then those worked out on the device.
    pub(super) fn tags_at(&self, now: i64) -> Vec<MemberTag> {
        let shown = |tag: &str, source: &str| MemberTag { tag: tag.into(), source: source.into(), used_for: self.readers_of(tag) };
        let mut tags: Vec<MemberTag> = self.visible.tags.iter().map(|tag| shown(&tag.tag, &tag.source)).listed();
        if let Some(snapshot) = self.snapshot.as_ref().filter(|snapshot| self.is_personalised() && !snapshot.programme().tags.is_empty()) {
            let attributes = self.attributes(snapshot, now, super::catalog::Surroundings::default());
            for (tag, when) in &snapshot.programme().tags {
                if !self.device.forgotten.contains(tag) && !tags.iter().any(|known| known.tag == *tag) && when.matches(&attributes) {
                    tags.push(shown(tag, "device"));
                }
            }
        }
        tags
    }

    /// What is known of the member's ways: stage, value, segments, tags, what they buy most. Nothing without
    /// personalisation, since nothing reads it then.
    ///
    /// # Errors
    /// `no-catalog`, `no-member`.
    pub fn portrait(&self, request: &PortraitRequest, clock: i64) -> Result<Portrait, EngineError> {
        let snapshot = self.snapshot()?;
        let member = self.member()?;
        let now = self.now(request.now, clock);
        if !self.is_personalised() {
            return Ok(Portrait::default());
        }
        let price = price(&snapshot);
        let view = MemberView::new(&member, &[], &price);
        let (programme, zone) = (snapshot.programme(), &snapshot.info.zone);
        Ok(Portrait {
            personalised: true,
            lifecycle: programme.lifecycle.stage(&view, zone, now).name().into(),
            value: programme.value.worth(&view, zone, now).into(),
            segments: self.segments(now),
            tags: self.tags_at(now),
            affinities: Affinities::of(&snapshot.catalog, &self.visible, now),
            excluded: self.visible.excluded.clone(),
        })
    }

    /// Everything about the member on this device, at the device's time `clock`.
    pub fn export_data(&self, clock: i64) -> Export<'_> {
        let Device { id, events, outbox, privacy, forgotten, exposed, sticky, clock_offset, .. } = &self.device;
        Export {
            member: self.profile.as_ref().map(|profile| &profile.member),
            events: events.iter().listed(),
            waiting: outbox.events().listed(),
            events_waiting: outbox.len(),
            device: hex(*id),
            clock_offset: *clock_offset,
            exposed: exposed.iter().listed(),
            sticky,
            left_out: self.profile.as_ref().map(|profile| profile.left_out.clone()).unwrap_or_default(),
            personalised: privacy.personalised,
            purposes: privacy.purposes.iter().map(|(name, allowed)| (name.as_str(), *allowed)).listed(),
            forgotten_tags: forgotten,
            segments: self.segments(self.now(None, clock)),
            tags: self.tags(clock),
            affinities: self.snapshot.as_ref().map(|snapshot| Affinities::of(&snapshot.catalog, &self.visible, self.now(None, clock))),
        }
    }

    /// The segments the member is in at `now`; none without personalisation.
    pub fn segments(&self, now: i64) -> Vec<String> {
        let Some(snapshot) = &self.snapshot else { return Vec::new() };
        self.segments_of(snapshot, &self.attributes(snapshot, now, super::catalog::Surroundings::default()))
    }

    /// The segments that hold of `attributes`; none without personalisation.
    pub(super) fn segments_of(&self, snapshot: &Snapshot, attributes: &Attributes<'_>) -> Vec<String> {
        if !self.is_personalised() {
            return Vec::new();
        }
        snapshot.segments().held(attributes).names().map(ToString::to_string).listed()
    }

    /// What reads `tag`.
    fn readers_of(&self, tag: &str) -> Vec<String> {
        let Some(snapshot) = &self.snapshot else { return Vec::new() };
        let Some(attribute) = snapshot.attributes().find(TAGS) else { return Vec::new() };
        let wants = |condition: &Condition| condition.texts_wanted_of(attribute).contains(&tag);
        let mut readers = Vec::new();
        let mut look = |kind: &str, id: &str, reads: bool| {
            if reads {
                readers.push([kind, ":", id].concat());
            }
        };
        for name in snapshot.segments().names() {
            look("segment", name, snapshot.segments().condition(name).is_some_and(wants));
        }
        snapshot.offers().offers.iter().for_each(|offer| look("offer", &offer.id, wants(&offer.when)));
        let programme = snapshot.programme();
        programme.ladder.tiers.iter().for_each(|tier| look("tier", &tier.id, wants(&tier.when)));
        programme.benefits.iter().for_each(|benefit| look("benefit", &benefit.id, wants(&benefit.audience.when)));
        programme.earning.rules.iter().for_each(|rule| look("rule", &rule.id, wants(&rule.when)));
        programme.earning.multipliers.iter().for_each(|multiplier| look("multiplier", &multiplier.id, wants(&multiplier.when)));
        programme.tasks.iter().for_each(|task| look("task", &task.id, wants(&task.audience.when)));
        programme.rewards.iter().for_each(|reward| look("reward", &reward.id, wants(&reward.audience.when)));
        programme.draws.iter().for_each(|draw| look("draw", &draw.id, wants(&draw.audience.when)));
        programme.partners.iter().for_each(|partner| look("partner", &partner.id, wants(&partner.when)));
        programme.contact.messages.iter().for_each(|message| look("message", &message.id, wants(&message.audience.when)));
        readers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PrivacySettings;
    use crate::engine::testing::{shop, value};

    fn engine() -> Engine {
        let mut engine = shop(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [],
                "segments": [{"id": "trendy", "condition": {"member.tags": {"$in": ["fashion"]}}}]}"#,
        );
        engine.load_member(&value(r#"{"id": "m", "tags": [{"tag": "fashion", "source": "server"}, {"tag": "home"}]}"#), 0).unwrap();
        engine
    }

    #[test]
    fn a_tag_says_what_reads_it() {
        let engine = engine();
        let tags = engine.tags(0);
        assert_eq!((tags[0].used_for.as_slice(), tags[1].used_for.len()), (&["segment:trendy".to_string()][..], 0));
        assert_eq!(engine.segments(0), ["trendy"]);
    }

    #[test]
    fn a_deleted_tag_is_gone_at_once_and_stays_gone_when_pushed_again() {
        let mut engine = engine();
        engine.forget_tag("fashion");
        assert!(engine.segments(0).is_empty());
        engine.load_member(&value(r#"{"id": "m", "version": 2, "tags": [{"tag": "fashion"}]}"#), 0).unwrap();
        assert!(engine.tags(0).is_empty());
        assert_eq!(engine.export_data(0).forgotten_tags, ["fashion"]);
    }

    #[test]
    fn nothing_is_read_without_personalisation() {
        let mut engine = engine();
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert!(engine.tags(0).is_empty() && engine.segments(0).is_empty());
        assert!(engine.export_data(0).member.is_some());
    }
}

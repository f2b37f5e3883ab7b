//! What is known of the member on this device, for the member to see, delete and take along.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Device, Engine};
use crate::domain::Member;

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
    /// What reads it: `segment:<id>`, `offer:<id>`, ...
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
    /// How many of them wait for the server.
    pub events_waiting: usize,
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
}

impl Engine {
    /// The member's tags in use, each with what reads it; none without personalisation, since nothing does then.
    pub fn tags(&self) -> Vec<MemberTag> {
        let tags = self.visible.tags.iter();
        tags.map(|tag| MemberTag { tag: tag.tag.clone(), source: tag.source.clone(), used_for: self.readers_of(&tag.tag) }).collect()
    }

    /// Everything about the member on this device, at the device's time `clock`.
    pub fn export_data(&self, clock: i64) -> Export<'_> {
        let Device { events, outbox, privacy, forgotten, .. } = &self.device;
        Export {
            member: self.profile.as_ref().map(|profile| &profile.member),
            events: events.iter().collect(),
            events_waiting: outbox.len(),
            personalised: privacy.personalised,
            purposes: privacy.purposes.iter().map(|(name, allowed)| (name.as_str(), *allowed)).collect(),
            forgotten_tags: forgotten,
            segments: self.segments(self.now(None, clock)),
            tags: self.tags(),
        }
    }

    /// The segments the member is in at `now`; none without personalisation.
    pub fn segments(&self, now: i64) -> Vec<String> {
        let (Some(snapshot), true) = (&self.snapshot, self.is_personalised()) else { return Vec::new() };
        let attributes = self.attributes(snapshot, now, super::catalog::Surroundings::default());
        snapshot.segments.held(&attributes).names().map(ToString::to_string).collect()
    }

    /// What reads `tag`.
    fn readers_of(&self, tag: &str) -> Vec<String> {
        let Some(snapshot) = &self.snapshot else { return Vec::new() };
        let Some(attribute) = snapshot.attributes.find(TAGS) else { return Vec::new() };
        let reads =
            |name: &&str| snapshot.segments.condition(name).is_some_and(|condition| condition.texts_wanted_of(attribute).contains(&tag));
        snapshot.segments.names().filter(reads).map(|name| ["segment:", name].concat()).collect()
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::Value;
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn engine() -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [],
                "segments": [{"id": "trendy", "condition": {"member.tags": {"$in": ["fashion"]}}}]}"#,
        );
        engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap();
        engine.load_member(&value(r#"{"id": "m", "tags": [{"tag": "fashion", "source": "server"}, {"tag": "home"}]}"#), 0).unwrap();
        engine
    }

    #[test]
    fn a_tag_says_what_reads_it() {
        let engine = engine();
        let tags = engine.tags();
        assert_eq!((tags[0].used_for.as_slice(), tags[1].used_for.len()), (&["segment:trendy".to_string()][..], 0));
        assert_eq!(engine.segments(0), ["trendy"]);
    }

    #[test]
    fn a_deleted_tag_is_gone_at_once_and_stays_gone_when_pushed_again() {
        let mut engine = engine();
        engine.forget_tag("fashion");
        assert!(engine.segments(0).is_empty());
        engine.load_member(&value(r#"{"id": "m", "version": 2, "tags": [{"tag": "fashion"}]}"#), 0).unwrap();
        assert!(engine.tags().is_empty());
        assert_eq!(engine.export_data(0).forgotten_tags, ["fashion"]);
    }

    #[test]
    fn nothing_is_read_without_personalisation() {
        let mut engine = engine();
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert!(engine.tags().is_empty() && engine.segments(0).is_empty());
        assert!(engine.export_data(0).member.is_some());
    }
}

//! Taking a profile, and state saved before.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Engine, EngineError, Profile, persist};
use crate::domain::{Reason, Value};
use crate::snapshot::Currency;

/// What was loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SnapshotInfo {
    /// The id of the snapshot, or of the member.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// When it was written, in milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends (exclusive).
    pub expires_at: Option<i64>,
    /// The shop that a catalog is for; empty where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// Items in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<u32>,
    /// Offers in it; of a catalog that is compiled later, those written in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offers: Option<u32>,
    /// The currency of a catalog's amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The IANA name of the shop's time zone; empty where it is UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Locales of a catalog's titles and texts, the one to fall back to first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(target_os = "unknown", tsify(optional))]
    pub locales: Vec<String>,
    /// What was left out, and why.
    pub warnings: Vec<Reason>,
}

impl Engine {
    /// Takes a member profile. All or nothing: on error the profile before it stays in use.
    ///
    /// # Errors
    /// `malformed-member` with the field, `unsupported-member-format`, `expired-member`, `older-member`, `wrong-shop`.
    pub fn load_member(&mut self, profile: &Value, clock: i64) -> Result<SnapshotInfo, EngineError> {
        let profile = Profile::read(profile, Some(self.now(None, clock)))?;
        if let Some(known) = &self.profile {
            known.may_become(&profile)?;
        }
        if let (Some(shop), Some(snapshot)) = (&profile.head.shop, &self.snapshot)
            && *shop != snapshot.info.shop
        {
            return Err(EngineError::new("wrong-shop", "the profile is for another shop than the catalog"));
        }
        self.device.sign_in(&profile.member.id);
        if let Some(through) = profile.head.events_through {
            self.device.absorbed_through(through);
        }
        let info = SnapshotInfo {
            id: profile.member.id.clone(),
            version: profile.head.version,
            issued_at: profile.head.issued_at,
            expires_at: profile.head.expires_at,
            warnings: profile.left_out.clone(),
            ..SnapshotInfo::default()
        };
        self.profile = Some(profile);
        self.refresh_member();
        // Where lists are asked for, what of the new history is where in the catalog is no work for the frame of the next one.
        if let Some(snapshot) = self.snapshot.as_ref().filter(|_| self.recommender.is_asked()) {
            self.recommender.signals(&snapshot.catalog, &self.visible, &self.device);
        }
        Ok(info)
    }

    /// What this device knows, as bytes that [`Engine::restore_state`] takes.
    pub fn save_state(&self) -> Vec<u8> {
        persist::save(&self.device)
    }

    /// Takes back what this device knew. Events tracked before the call are kept behind the restored ones. Where a
    /// member is loaded and the state is another's, only what waits for the server is taken back.
    ///
    /// # Errors
    /// `malformed-state`, `unsupported-state`; nothing is changed then.
    pub fn restore_state(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        let mut restored = persist::restore(bytes)?;
        if let Some(profile) = &self.profile {
            restored.sign_in(&profile.member.id);
        }
        for event in core::mem::take(&mut self.device.events) {
            restored.track(event);
        }
        self.device = restored;
        self.bound = None;
        self.refresh_member();
        Ok(())
    }

    /// Takes over the state of another engine of this device that is gone (a closed tab, the page before a reload):
    /// what it knew, and its batches for the server under their own ids.
    ///
    /// # Errors
    /// As [`Engine::restore_state`].
    pub fn adopt_state(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        self.device.adopt(persist::restore(bytes)?);
        self.refresh_member();
        Ok(())
    }

    /// Learns what another engine of this device knows that goes on (another tab): what happened there counts for the
    /// answers here, and is still sent by the other alone.
    ///
    /// # Errors
    /// As [`Engine::restore_state`].
    pub fn learn_state(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        self.device.learn(&persist::restore(bytes)?);
        self.refresh_member();
        Ok(())
    }

    /// The member leaves: the profile and everything that concerns the person is gone, events that wait included. The
    /// catalog stays.
    pub fn forget_member(&mut self) {
        self.profile = None;
        self.device.sign_out();
        self.refresh_member();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::value;

    fn engine(device: u64) -> Engine {
        Engine::new(device, alloc::rc::Rc::new(crate::rules::NativeRegex))
    }

    #[test]
    fn a_bad_profile_leaves_the_one_in_use() {
        let mut engine = engine(1);
        engine.load_member(&value(r#"{"id": "m", "version": 2, "excluded": ["x"]}"#), 0).unwrap();
        assert_eq!(engine.load_member(&value(r#"{"id": "m", "version": 1}"#), 0).unwrap_err().code, "older-member");
        assert_eq!(engine.load_member(&value("3"), 0).unwrap_err().code, "malformed-member");
        assert_eq!(engine.visible.excluded, ["x"]);
    }

    #[test]
    fn what_one_member_did_does_not_count_for_the_next() {
        let mut engine = engine(1);
        engine.load_member(&value(r#"{"id": "m"}"#), 0).unwrap();
        engine.track(value(r#"{"type": "dismiss", "item": "a"}"#), 0).unwrap();
        assert_eq!(engine.visible.excluded, ["a"]);
        engine.load_member(&value(r#"{"id": "n"}"#), 0).unwrap();
        assert!(engine.visible.excluded.is_empty());
        assert_eq!(engine.events_waiting(), 1);
    }

    #[test]
    fn state_of_another_member_does_not_count_in_either_order() {
        let mut before = engine(1);
        before.load_member(&value(r#"{"id": "m"}"#), 0).unwrap();
        before.track(value(r#"{"type": "dismiss", "item": "a"}"#), 0).unwrap();
        for state_first in [true, false] {
            let mut after = engine(2);
            let mut load = |member_now: bool| match member_now {
                true => after.load_member(&value(r#"{"id": "n"}"#), 0).map(|_| ()),
                false => after.restore_state(&before.save_state()),
            };
            load(!state_first).unwrap();
            load(state_first).unwrap();
            assert!(after.visible.excluded.is_empty());
            assert_eq!(after.events_waiting(), 1);
        }
    }

    #[test]
    fn state_survives_and_events_tracked_early_are_kept() {
        let mut before = engine(1);
        before.track(value(r#"{"type": "dismiss", "item": "a"}"#), 0).unwrap();
        let mut after = engine(2);
        after.track(value(r#"{"type": "dismiss", "item": "b"}"#), 0).unwrap();
        after.restore_state(&before.save_state()).unwrap();
        assert_eq!(after.visible.excluded, ["a", "b"]);
        assert_eq!((after.device().id, after.events_waiting()), (1, 2));
        assert_eq!(after.restore_state(b"RGST").unwrap_err().code, "malformed-state");
    }
}

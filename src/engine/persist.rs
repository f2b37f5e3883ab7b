//! What this device knows, as bytes that survive a reload.
//!
//! The form: `RGST`, a format byte, the first 8 bytes of SHA-256 over the rest (a torn write is noticed), then JSON (CBOR
//! up to format 2).

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Device, EngineError, EventBatch, MemberEvent, Outbox, Privacy, to_json};
#[cfg(feature = "experiments")]
use crate::domain::Map;
use crate::domain::{Listed, Value, from_cbor, from_json, from_value, hex, read_fields};
#[cfg(feature = "experiments")]
use crate::experiments::{SlotState, StickyBuckets};

const MAGIC: &[u8; 4] = b"RGST";
const FORMAT: u8 = 3;
/// The last that was written in CBOR, as documents in snapshots are, which the module only reads.
const LAST_IN_CBOR: u8 = 2;
/// It had batches without member and device, and no count of decisions.
const OLDEST_FORMAT: u8 = 1;
const DIGEST: usize = 8;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    device: String,
    member: &'a str,
    sequence: u64,
    events: Vec<&'a MemberEvent>,
    waiting: Vec<&'a MemberEvent>,
    batches: Vec<&'a EventBatch>,
    dropped: u64,
    personalised: bool,
    purposes: &'a [(String, bool)],
    forgotten: &'a [String],
    exposed: Vec<&'a String>,
    #[cfg(feature = "experiments")]
    sticky: &'a StickyBuckets,
    #[cfg(feature = "experiments")]
    slots: &'a Map<String, SlotState>,
    clock_offset: i64,
    latest: i64,
    decisions: u64,
}

#[derive(Default)]
struct Restored {
    device: String,
    member: String,
    sequence: u64,
    events: Vec<Value>,
    waiting: Vec<Value>,
    batches: Vec<RestoredBatch>,
    dropped: u64,
    personalised: bool,
    purposes: Vec<(String, bool)>,
    forgotten: Vec<String>,
    exposed: Vec<String>,
    #[cfg(feature = "experiments")]
    sticky: StickyBuckets,
    #[cfg(feature = "experiments")]
    slots: Map<String, SlotState>,
    clock_offset: i64,
    latest: i64,
    decisions: u64,
}

#[cfg(feature = "experiments")]
read_fields!(Restored:
    device(required), member, sequence(required), events, waiting, batches, dropped, personalised(yes), purposes, forgotten,
    exposed, sticky, slots, clock_offset, latest, decisions
);
#[cfg(not(feature = "experiments"))]
read_fields!(Restored:
    device(required), member, sequence(required), events, waiting, batches, dropped, personalised(yes), purposes, forgotten,
    exposed, clock_offset, latest, decisions
);

#[derive(Default)]
struct RestoredBatch {
    id: String,
    device: String,
    member: String,
    events: Vec<Value>,
    dropped: u64,
}

read_fields!(RestoredBatch: id(required), device, member, events, dropped);

fn yes() -> bool {
    true
}

/// The bytes of `device`.
pub fn save(device: &Device) -> Vec<u8> {
    let outbox = &device.outbox;
    let stored = Stored {
        device: hex(device.id),
        member: &device.member,
        sequence: device.sequence,
        events: device.events.iter().listed(),
        waiting: outbox.waiting.iter().listed(),
        batches: outbox.in_flight.iter().chain(&outbox.sealed).listed(),
        dropped: outbox.dropped,
        personalised: device.privacy.personalised,
        purposes: &device.privacy.purposes,
        forgotten: &device.forgotten,
        exposed: device.exposed.iter().listed(),
        #[cfg(feature = "experiments")]
        sticky: &device.sticky,
        #[cfg(feature = "experiments")]
        slots: &device.slots,
        clock_offset: device.clock_offset,
        latest: device.latest,
        decisions: device.decisions,
    };
    // All its integers were read from doubles, or count what happened here.
    let body = to_json(&stored).unwrap_or_default().into_bytes();
    let mut bytes = Vec::with_capacity(body.len().saturating_add(16));
    bytes.extend_from_slice(MAGIC);
    bytes.push(FORMAT);
    bytes.extend_from_slice(Sha256::digest(&body).get(..DIGEST).unwrap_or_default());
    bytes.extend_from_slice(&body);
    bytes
}

/// The device saved as `bytes`. Batches that were on their way wait again, under the same ids.
///
/// # Errors
/// `malformed-state` where the bytes are damaged, `unsupported-state` where a newer engine wrote them.
pub fn restore(bytes: &[u8]) -> Result<Device, EngineError> {
    let damaged = || EngineError::new("malformed-state", "the saved state is damaged: start without it");
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (format, rest) = rest.split_first().ok_or_else(damaged)?;
    if *format > FORMAT {
        return Err(EngineError::new("unsupported-state", "the saved state was written by a newer engine: update the package"));
    }
    if *format < OLDEST_FORMAT {
        return Err(damaged());
    }
    let (digest, body) = rest.split_at_checked(DIGEST).ok_or_else(damaged)?;
    if Sha256::digest(body).get(..DIGEST) != Some(digest) {
        return Err(damaged());
    }
    let value = if *format <= LAST_IN_CBOR {
        from_cbor(body).map_err(|_| damaged())?
    } else {
        from_json(core::str::from_utf8(body).map_err(|_| damaged())?).map_err(|_| damaged())?
    };
    let restored: Restored = from_value(&value).map_err(|error| EngineError::of_value("malformed-state", &error))?;
    let events = |values: Vec<Value>| values.into_iter().map(|value| MemberEvent::from_value(value, 0)).listed_until_error();
    let migrated = *format == OLDEST_FORMAT;
    let batch = |batch: RestoredBatch| {
        let (device, member) = if migrated { (restored.device.clone(), restored.member.clone()) } else { (batch.device, batch.member) };
        Ok(EventBatch { id: batch.id, device, member, events: events(batch.events)?, dropped: batch.dropped })
    };
    let sealed: Result<Vec<_>, EngineError> = restored.batches.into_iter().map(batch).listed_until_error();
    let device = Device {
        id: u64::from_str_radix(&restored.device, 16).map_err(|_| damaged())?,
        member: restored.member,
        sequence: restored.sequence,
        outbox: Outbox { waiting: events(restored.waiting)?, sealed: sealed?, dropped: restored.dropped, ..Outbox::default() },
        events: events(restored.events)?,
        privacy: Privacy { personalised: restored.personalised, purposes: restored.purposes },
        forgotten: restored.forgotten,
        exposed: restored.exposed,
        clock_offset: restored.clock_offset,
        latest: restored.latest,
        decisions: restored.decisions.max(u64::from(migrated)),
        ..Device::default()
    };
    #[cfg(feature = "experiments")]
    let device = Device { sticky: restored.sticky, slots: restored.slots, ..device };
    Ok(device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::to_cbor;

    fn device() -> Device {
        let mut device = Device { id: u64::MAX, ..Device::default() };
        for kind in ["view", "purchase", "search"] {
            device.track(MemberEvent { kind: kind.into(), at: 5, item: Some("奶".into()), ..MemberEvent::default() });
        }
        device.forgotten.push("fashion".into());
        device.privacy.personalised = false;
        device
    }

    #[test]
    fn damage_anywhere_is_noticed() {
        let bytes = save(&device());
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(restore(&damaged).is_err(), "byte {place}");
            assert!(restore(&bytes[..place]).is_err(), "length {place}");
        }
    }

    #[test]
    fn everything_comes_back_and_what_was_on_its_way_waits_again() {
        let mut device = device();
        let batch = device.outbox.drain(device.id, "", 2);
        let mut restored = restore(&save(&device)).unwrap();
        assert_eq!(restored.outbox.drain(restored.id, "", 10), batch);
        device.outbox.recover();
        device.outbox.drain(device.id, "", 10);
        assert_eq!(restored, device);
    }

    #[test]
    fn a_state_of_format_1_is_migrated() {
        let event = |sequence: u64| serde_json::json!({"sequence": sequence, "type": "view", "at": 5, "item": "a"});
        let old = serde_json::json!({"device": "00000000000000ff", "member": "m", "sequence": 3, "events": [event(0)], "waiting": [event(2)],
            "batches": [{"id": "00000000000000ff-0", "events": [event(0), event(1)], "dropped": 4}], "dropped": 0,
            "personalised": false, "purposes": [["analytics", true]], "clockOffset": 9});
        let body = to_cbor(&old).unwrap();
        let bytes = [&MAGIC[..], &[1], &Sha256::digest(&body)[..DIGEST], &body].concat();
        let device = restore(&bytes).unwrap();
        let batch = &device.outbox.sealed[0];
        assert_eq!((batch.id.as_str(), batch.device.as_str(), batch.member.as_str()), ("00000000000000ff-0", "00000000000000ff", "m"));
        assert_eq!((batch.events.len(), batch.dropped, device.outbox.waiting.len()), (2, 4, 1));
        // What was decided before decisions were counted is not overruled by a tab where nothing was decided.
        assert_eq!((device.privacy.personalised, device.decisions), (false, 1));
        assert_eq!(restore(&save(&device)).unwrap(), device);
        // Format 2 differs from 3 in how it is written only.
        let json = save(&device);
        let second: Value = serde_json::from_slice(&json[5 + DIGEST..]).unwrap();
        let second = to_cbor(&second).unwrap();
        let second = [&MAGIC[..], &[2], &Sha256::digest(&second)[..DIGEST], &second].concat();
        assert_eq!(restore(&second).unwrap(), device);
        let newer = [&MAGIC[..], &[FORMAT + 1], &Sha256::digest(&body)[..DIGEST], &body].concat();
        assert_eq!(restore(&newer).unwrap_err().code, "unsupported-state");
        let never = [&MAGIC[..], &[0], &Sha256::digest(&body)[..DIGEST], &body].concat();
        assert_eq!(restore(&never).unwrap_err().code, "malformed-state");
    }
}

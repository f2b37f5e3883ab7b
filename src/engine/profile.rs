//! A member profile as it comes from the server.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::EngineError;
use super::sensitive::leave_out;
use crate::domain::{Arrange, Member, Reason, Value, from_value, read_fields};

/// The newest form of a profile that this engine reads.
pub const MEMBER_FORMAT: u32 = 1;

/// The head of a profile; the member's own fields ([`Member`]) stand beside these.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileHead {
    /// The form it is written in; 1 where absent.
    pub format: Option<u32>,
    /// The shop it is for; any where absent.
    pub shop: Option<String>,
    /// Counts up with each change; an older one is refused.
    pub version: u64,
    /// When the server wrote it, in milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends (exclusive).
    pub expires_at: Option<i64>,
    /// Kinds of sensitive data that the member consented to: `location`, `finance`, `health`, `biometrics`, `identity`,
    /// `belief`. Traits of other such kinds are left out.
    pub consents: Vec<String>,
    /// Events of the member's devices up to this instant are in the profile already.
    pub events_through: Option<i64>,
}

read_fields!(ProfileHead: format, shop, version, issued_at, expires_at, consents, events_through);

/// A profile: its head and the member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// What is said of the profile itself.
    pub head: ProfileHead,
    /// The member.
    pub member: Member,
    /// What was left out of it: see [`leave_out`](super::sensitive::leave_out).
    pub left_out: Vec<Reason>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// `malformed-member` with the field, `unsupported-member-format`, `expired-member`.
    pub fn read(value: &Value, now: Option<i64>) -> Result<Self, EngineError> {
        let malformed = |error| EngineError::of_value("malformed-member", &error);
        let head: ProfileHead = from_value(value).map_err(malformed)?;
        if head.format.is_some_and(|format| format > MEMBER_FORMAT) {
            return Err(EngineError::new("unsupported-member-format", "the profile was written for a newer engine: update the package"));
        }
        let mut member: Member = from_value(value).map_err(malformed)?;
        if member.id.is_empty() {
            return Err(EngineError::malformed("malformed-member", "a member has an id", "id"));
        }
        if let (Some(end), Some(now)) = (head.expires_at, now)
            && now >= end
        {
            return Err(EngineError::new("expired-member", "the profile has expired: fetch a new one"));
        }
        // The server's order is not trusted: everything else counts on time order.
        member.history.arrange_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        let left_out = leave_out(&mut member, &head.consents);
        Ok(Profile { head, member, left_out })
    }

    /// Refuses a profile that this one must not be replaced by.
    ///
    /// # Errors
    /// `older-member` where `next` is an older profile of the same member.
    pub fn may_become(&self, next: &Profile) -> Result<(), EngineError> {
        if next.member.id == self.member.id && next.head.version < self.head.version {
            return Err(EngineError::new("older-member", "the profile is older than the one in use"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, now: i64) -> Result<Profile, EngineError> {
        Profile::read(&serde_json::from_str(text).unwrap(), Some(now))
    }

    #[test]
    fn each_fault_has_its_code_and_field() {
        for (text, code, path) in [
            ("{}", "malformed-member", "id"),
            (r#"{"id": ""}"#, "malformed-member", "id"),
            (r#"{"id": "m", "history": [{"at": "x"}]}"#, "malformed-member", "history[0].at"),
            (r#"{"id": "m", "version": -1}"#, "malformed-member", "version"),
            (r#"{"id": "m", "format": 2}"#, "unsupported-member-format", ""),
            (r#"{"id": "m", "expiresAt": 5}"#, "expired-member", ""),
        ] {
            let error = read(text, 5).unwrap_err();
            assert_eq!((error.code, error.path.as_deref().unwrap_or_default()), (code, path), "{text}");
        }
    }

    #[test]
    fn an_older_profile_of_the_same_member_is_refused() {
        let profile = |id: &str, version: u64| read(&alloc::format!(r#"{{"id": "{id}", "version": {version}}}"#), 0).unwrap();
        assert_eq!(profile("m", 3).may_become(&profile("m", 2)).unwrap_err().code, "older-member");
        assert!(profile("m", 3).may_become(&profile("m", 3)).is_ok());
        assert!(profile("m", 3).may_become(&profile("n", 1)).is_ok());
    }

    #[test]
    fn history_is_put_in_order() {
        let profile = read(r#"{"id": "m", "history": [{"at": 9, "lines": []}, {"at": 3, "lines": []}]}"#, 0).unwrap();
        assert_eq!(profile.member.history[0].at, 3);
    }
}

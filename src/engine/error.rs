//! What loading and misuse answer with.

use alloc::string::String;
use core::fmt;

use crate::domain::ValueError;

/// The closed set of codes of an [`EngineError`], beside those of the snapshot's own errors.
///
/// | code | means | what to do |
/// |---|---|---|
/// | `no-catalog` | a call that needs a catalog came before one was loaded | call `loadCatalog` first |
/// | `no-member` | a call that needs a member came before one was loaded | call `loadMember` first |
/// | `no-features` | a call that needs features, and neither a catalog with features nor a payload was loaded | call `loadFeatures` |
/// | `malformed-features` | a payload of features is no object | have the server send a sound one |
/// | `unknown-experiment` | the payload has no experiment of that key | correct the key |
/// | `unknown-slot` | the payload has no slot of that key | correct the key |
/// | `not-available` | this build of the engine does not answer this call | see the message |
/// | `malformed-request` | a request, event or setting does not have the documented form; `path` names the field | correct the field |
/// | `malformed-member` | a profile does not have the documented form | have the server send a sound one |
/// | `unsupported-member-format` | the profile was written for a newer engine | update the package |
/// | `older-member` | the profile is older than the one in use for the same member | keep the one in use |
/// | `expired-member` | the profile's own end has passed | fetch a new one |
/// | `wrong-shop` | the profile is for another shop than the catalog | fetch the right one |
/// | `malformed-state` | saved state does not have the documented form or is damaged | start without it |
/// | `unsupported-state` | saved state was written by a newer engine | update the package |
/// | `bad-encryption` | an encrypted payload could not be decrypted with the key given | check the key |
#[derive(Clone, Debug, PartialEq)]
pub struct EngineError {
    /// One of the closed set.
    pub code: &'static str,
    /// For people: lowercase, no full stop.
    pub message: String,
    /// The field, where one is at fault: `lines[2].quantity`.
    pub path: Option<String>,
}

impl EngineError {
    /// An error with a code and a message.
    pub fn new(code: &'static str, message: &str) -> Self {
        EngineError { code, message: message.into(), path: None }
    }

    /// The error of a call that needs a catalog.
    pub fn no_catalog() -> Self {
        Self::new("no-catalog", "no catalog is loaded: call loadCatalog first")
    }

    /// The error of a call that needs a member.
    pub fn no_member() -> Self {
        Self::new("no-member", "no member is loaded: call loadMember first")
    }

    /// The error of a value that could not be read.
    pub fn of_value(code: &'static str, error: &ValueError) -> Self {
        let path = (!error.path().is_empty()).then(|| error.path().into());
        EngineError { code, message: error.message(), path }
    }

    /// What is wrong, and where.
    pub fn text(&self) -> String {
        self.path.as_ref().map_or_else(|| self.message.clone(), |path| [&self.message, " (at `", path, "`)"].concat())
    }

    /// An error at `path` of what was given.
    pub fn malformed(code: &'static str, message: &str, path: &str) -> Self {
        EngineError { code, message: message.into(), path: Some(path.into()) }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl core::error::Error for EngineError {}

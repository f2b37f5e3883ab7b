//! `transparency`: that an algorithm chooses, how, from what, and whom to ask (Provisions on Algorithm Recommendation
//! of China, arts. 16 and 17; Personal Information Protection Law, art. 24).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Engine, EngineError};
use crate::domain::{Arrange, Listed, Reason};

/// What a page tells its members of how answers come about.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Transparency {
    /// Whether answers may be personal now; `setPrivacy` changes it at once.
    pub personalised: bool,
    /// How answers are made, for people:
    ///
    /// | code | facts | tells |
    /// |---|---|---|
    /// | `principle-recommendations` | | what recommendations are chosen by |
    /// | `principle-neutral` | | what they are chosen by without personalisation |
    /// | `principle-offers` | | by what offers are ordered and prices found |
    /// | `principle-messages` | | by what messages are chosen |
    /// | `principle-choice` | | how to switch personalisation off, and delete tags |
    pub principles: Vec<Reason>,
    /// The traits that rules of this snapshot read, each as rules name it; empty without personalisation, since nothing
    /// reads them then.
    pub reads: Vec<String>,
    /// The version of the programme's published rules.
    pub rules_version: String,
    /// Where a member reaches a person who can explain or change a decision: an address or a number; empty where the
    /// programme names none. An event `ask-person` goes to the server whatever else is refused.
    pub person: String,
}

impl Engine {
    /// That an algorithm chooses, how, from what, and whom to ask.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn transparency(&self) -> Result<Transparency, EngineError> {
        let snapshot = self.snapshot()?;
        let personal =
            |path: &str| path.strip_prefix("member.").is_some_and(|name| !CONTRACT.contains(&name.split('.').next().unwrap_or_default()));
        let mut reads: Vec<String> = Vec::new();
        if self.is_personalised() {
            reads = snapshot.attributes().iter().map(|(_, path)| path).filter(|path| personal(path)).map(ToString::to_string).listed();
            reads.arrange();
        }
        let mut principles: Vec<Reason> = PRINCIPLES.into_iter().map(Reason::new).listed();
        self.put_into_words(&mut principles);
        Ok(Transparency {
            personalised: self.is_personalised(),
            principles,
            reads,
            rules_version: snapshot.programme().version.clone(),
            person: snapshot.programme().contact.person.clone(),
        })
    }
}

const PRINCIPLES: [&str; 5] =
    ["principle-recommendations", "principle-neutral", "principle-offers", "principle-messages", "principle-choice"];

/// Facts of the contract with the member, which are no traits, and what is made of other facts.
const CONTRACT: [&str; 10] =
    ["segments", "id", "tier", "joinedAt", "memberDays", "ageDays", "ageMonths", "orders", "spent", "daysSinceOrder"];

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

    #[test]
    fn it_tells_how_from_what_and_whom_to_ask() {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        assert_eq!(engine.transparency().unwrap_err().code, "no-catalog");
        let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [],
            "segments": [{"id": "s", "condition": {"member.skin": "dry", "member.tier": "gold", "now.hour": 3}}],
            "programme": {"id": "club", "version": "7", "contact": {"person": "400-000"}},
            "texts": {"en": {"principle-choice": "You can switch it off"}}}"#;
        engine.load_catalog(CatalogSource::Json(&serde_json::from_str(catalog).unwrap()), &[], 0).unwrap();
        engine.set_locale(Some("en"));
        let told = engine.transparency().unwrap();
        assert_eq!(
            (told.reads.as_slice(), told.rules_version.as_str(), told.person.as_str()),
            (&["member.skin".to_string()][..], "7", "400-000")
        );
        assert_eq!(told.principles[4].text.as_deref(), Some("You can switch it off"));
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert!(engine.transparency().unwrap().reads.is_empty());
    }
}

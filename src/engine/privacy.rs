//! What the member allows, and what follows from it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{EngineError, MemberEvent, PrivacySettings};
use crate::domain::Member;

/// What the member allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Privacy {
    /// Whether answers may read traits, tags and history.
    pub personalised: bool,
    /// Purposes that the member decided on, by name; what they did not decide on is allowed.
    pub purposes: Vec<(String, bool)>,
}

impl Default for Privacy {
    fn default() -> Self {
        Privacy { personalised: true, purposes: Vec::new() }
    }
}

impl Privacy {
    /// Takes over what `settings` say and leaves the rest.
    ///
    /// # Errors
    /// `malformed-request` where a purpose is neither `true` nor `false`.
    pub fn apply(&mut self, settings: &PrivacySettings) -> Result<(), EngineError> {
        let purposes = settings.purposes.as_object().unwrap_or_default();
        if purposes.iter().any(|(_, allowed)| allowed.as_bool().is_none()) {
            return Err(EngineError::malformed("malformed-request", "a purpose is true or false", "purposes"));
        }
        if let Some(personalised) = settings.personalised {
            self.personalised = personalised;
        }
        for (name, allowed) in purposes {
            let allowed = allowed.as_bool().unwrap_or(true);
            match self.purposes.iter_mut().find(|(known, _)| known == name) {
                Some((_, decided)) => *decided = allowed,
                None => self.purposes.push((name.clone(), allowed)),
            }
        }
        Ok(())
    }

    /// Whether `purpose` is allowed.
    pub fn allows(&self, purpose: &str) -> bool {
        self.purposes.iter().find(|(name, _)| name == purpose).is_none_or(|(_, allowed)| *allowed)
    }

    /// Whether this event may leave the device: what the contract with the member needs always may (purchases, offers,
    /// points, a question to a person); an event that names a `purpose` needs that; what only measures needs `analytics`.
    pub fn may_send(&self, event: &MemberEvent) -> bool {
        for_contract(&event.kind) || self.allows(event.text("purpose").unwrap_or("analytics"))
    }

    /// Whether this event may be remembered here for the next answers: likewise, with the purpose `personalisation`.
    pub fn may_remember(&self, event: &MemberEvent) -> bool {
        for_contract(&event.kind) || self.allows(event.text("purpose").unwrap_or("personalisation"))
    }

    /// The member as answers may see them. Without personalisation nothing is left of traits, tags, history and
    /// exclusions: no code path behind this can reach them.
    pub fn visible(&self, member: &Member, forgotten: &[String]) -> Member {
        if !self.personalised {
            return Member {
                id: member.id.clone(),
                joined_at: member.joined_at,
                tier: member.tier.clone(),
                grants: member.grants.clone(),
                points: member.points.clone(),
                points_at: member.points_at,
                ledger: member.ledger.clone(),
                wallet: member.wallet.clone(),
                uses: member.uses.clone(),
                ..Member::default()
            };
        }
        let mut visible = member.clone();
        visible.tags.retain(|tag| !forgotten.contains(&tag.tag));
        visible
    }
}

/// What the contract with the member needs, whatever the member allows beyond it.
fn for_contract(kind: &str) -> bool {
    matches!(
        kind,
        "purchase"
            | "return"
            | "offer-claimed"
            | "offer-used"
            | "check-in"
            | "share"
            | "review"
            | "referral"
            | "benefit-used"
            | "reward-redeemed"
            | "draw-entered"
            | "ask-person"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Basket, Tag};

    fn member() -> Member {
        Member {
            id: "m".into(),
            birthday: Some("02-03".into()),
            attributes: serde_json::from_str(r#"{"skin": "dry"}"#).unwrap(),
            tags: alloc::vec![Tag { tag: "fashion".into(), source: "server".into() }],
            history: alloc::vec![Basket::default()],
            excluded: alloc::vec!["x".into()],
            ..Member::default()
        }
    }

    #[test]
    fn nothing_personal_is_visible_without_personalisation() {
        let privacy = Privacy { personalised: false, ..Privacy::default() };
        assert_eq!(privacy.visible(&member(), &[]), Member { id: "m".into(), ..Member::default() });
    }

    #[test]
    fn a_forgotten_tag_is_not_visible() {
        assert!(Privacy::default().visible(&member(), &["fashion".into()]).tags.is_empty());
        assert_eq!(Privacy::default().visible(&member(), &[]), member());
    }

    #[test]
    fn a_purpose_that_is_no_truth_value_changes_nothing() {
        let mut privacy = Privacy::default();
        let settings = PrivacySettings { personalised: Some(false), purposes: serde_json::from_str(r#"{"analytics": 1}"#).unwrap() };
        assert_eq!(privacy.apply(&settings).unwrap_err().path.as_deref(), Some("purposes"));
        assert_eq!(privacy, Privacy::default());
    }

    #[test]
    fn refused_measuring_keeps_views_on_the_device_but_not_purchases() {
        let mut privacy = Privacy::default();
        let settings = PrivacySettings { personalised: None, purposes: serde_json::from_str(r#"{"analytics": false}"#).unwrap() };
        privacy.apply(&settings).unwrap();
        let event = |kind: &str| MemberEvent { kind: kind.into(), ..MemberEvent::default() };
        assert!(!privacy.may_send(&event("view")) && privacy.may_remember(&event("view")) && privacy.may_send(&event("purchase")));
    }
}

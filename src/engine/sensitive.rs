//! What a profile does not carry by default: sensitive personal data (Personal Information Protection Law of China, art. 28).

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::{AddAll, Member, Reason, Value};

/// Names of traits that are sensitive, by kind; letters only, in lower case.
const SENSITIVE: [(&str, &[&str]); 6] = [
    ("location", &["location", "locations", "latitude", "longitude", "gps", "track", "tracks", "trajectory", "address", "homeaddress"]),
    ("finance", &["bankaccount", "bankcard", "cardnumber", "income", "salary", "creditscore", "assets", "debt"]),
    ("health", &["health", "diagnosis", "diagnoses", "illness", "disease", "diseases", "medicalhistory", "medication", "disability"]),
    ("biometrics", &["fingerprint", "faceid", "face", "iris", "voiceprint", "dna", "genome"]),
    ("identity", &["idnumber", "idcard", "passport", "passportnumber", "socialsecurity", "socialsecuritynumber"]),
    ("belief", &["religion", "belief", "politicalviews", "ethnicity"]),
];
/// Below this age nothing is kept that answers could be personal by.
const OF_AGE: f64 = 14.0;

/// Takes out of `member` what a profile does not carry: sensitive traits of kinds that the member did not consent to
/// (`consents`), a birthday with its year, and of children under 14 every trait and tag. What was taken out:
///
/// | code | facts |
/// |---|---|
/// | `sensitive-left-out` | `attribute`, `kind`: `location`, `finance`, `health`, `biometrics`, `identity`, `belief` |
/// | `birthday-left-out` | |
/// | `child-left-out` | |
pub fn leave_out(member: &mut Member, consents: &[String]) -> Vec<Reason> {
    let mut left_out = Vec::new();
    if member.birthday.as_ref().is_some_and(|birthday| !is_month_day(birthday)) {
        member.birthday = None;
        left_out.push(Reason::new("birthday-left-out"));
    }
    if member.attributes.get("age").and_then(Value::as_f64).is_some_and(|age| age < OF_AGE) {
        member.attributes = Value::Null;
        member.tags.clear();
        left_out.push(Reason::new("child-left-out"));
    }
    if let Value::Object(traits) = &mut member.attributes {
        traits.retain(|(name, _)| {
            let kind = kind_of(name).filter(|kind| !consents.iter().any(|consent| consent == kind));
            left_out.add_all(kind.map(|kind| Reason::new("sensitive-left-out").with("attribute", name.as_str()).with("kind", kind)));
            kind.is_none()
        });
    }
    left_out
}

fn kind_of(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect();
    SENSITIVE.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(kind, _)| *kind)
}

fn is_month_day(text: &str) -> bool {
    let digit = |place: usize| text.as_bytes().get(place).is_some_and(u8::is_ascii_digit);
    text.len() == 5 && text.as_bytes().get(2) == Some(&b'-') && [0, 1, 3, 4].into_iter().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(text: &str, consents: &[&str]) -> (Member, Vec<String>) {
        let value: Value = serde_json::from_str(text).unwrap();
        let mut member: Member = crate::domain::from_value(&value).unwrap();
        let consents: Vec<String> = consents.iter().map(|consent| String::from(*consent)).collect();
        let codes = leave_out(&mut member, &consents).into_iter().map(|reason| reason.code.into_owned()).collect();
        (member, codes)
    }

    #[test]
    fn ordinary_traits_stay() {
        let (member, codes) =
            left_out(r#"{"id": "m", "birthday": "02-29", "attributes": {"skin": "dry", "age": 14, "city": "Hangzhou"}}"#, &[]);
        assert!(codes.is_empty() && member.birthday.is_some() && member.attributes.as_object().unwrap().len() == 3);
    }

    #[test]
    fn sensitive_traits_stay_only_with_consent_to_their_kind() {
        let profile = r#"{"id": "m", "attributes": {"GPS": [1, 2], "bank_account": "x", "Medical-History": [], "size": "L"}}"#;
        assert_eq!(left_out(profile, &[]).1, ["sensitive-left-out"; 3]);
        let (member, codes) = left_out(profile, &["health", "location"]);
        assert_eq!(
            (codes.len(), member.attributes.get("GPS").is_some(), member.attributes.get("bank_account").is_some()),
            (1, true, false)
        );
    }

    #[test]
    fn a_year_of_birth_and_childrens_traits_are_left_out() {
        for birthday in ["1990-02-03", "02-3", "0203", ""] {
            let (member, codes) = left_out(&alloc::format!(r#"{{"id": "m", "birthday": "{birthday}"}}"#), &[]);
            assert_eq!((member.birthday, codes.len()), (None, 1), "{birthday}");
        }
        let (member, codes) = left_out(r#"{"id": "m", "attributes": {"age": 13, "skin": "dry"}, "tags": [{"tag": "toys"}]}"#, &["health"]);
        assert_eq!((member.attributes, member.tags.len(), codes), (Value::Null, 0, alloc::vec!["child-left-out".into()]));
    }
}

//! A condition and the attributes it is asked about, as JSON: `{"condition": …, "groups": …, "attributes": …}`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::Value;
use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, Regex, RegexEngine, RuleContext, SavedGroups};

/// Regular expressions on short texts only: how long the engine backtracks on a hostile pattern is not what is tested.
struct Brief;

struct BriefRegex(Box<dyn Regex>);

impl RegexEngine for Brief {
    fn compile(&self, pattern: &str, ignore_case: bool) -> Option<Box<dyn Regex>> {
        Some(Box::new(BriefRegex(NativeRegex.compile(pattern, ignore_case)?)))
    }
}

impl Regex for BriefRegex {
    fn is_match(&self, text: &str) -> bool {
        text.len() <= 12 && self.0.is_match(text)
    }
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(case) = serde_json::from_slice::<Value>(bytes) else { return Corpus::Reject };
    let part = |name| case.get(name).cloned().unwrap_or_default();
    let (wire, groups, given) = (part("condition"), part("groups"), part("attributes"));

    let mut table = AttributeTable::default();
    let groups = SavedGroups::compile(&groups);
    let condition = Condition::compile(&wire, &mut table, &RuleContext::new(&Brief).with_groups(&groups));
    let mut attributes = Attributes::default();
    attributes.bind(&table, "", &given);

    let unmet = condition.unmet(&attributes);
    assert_eq!(condition.matches(&attributes), unmet.is_empty(), "what is unmet explains the answer");
    for need in unmet.iter().filter_map(|unmet| unmet.need()) {
        let _ = need.missing();
    }
    Corpus::Keep
});

//! A condition and the attributes it is asked about, as JSON: `{"condition": …, "groups": …, "attributes": …}`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::rules::{AttributeTable, Attributes, Condition, RuleContext, SavedGroups};
use regulars_fuzz::{Brief, json};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(case) = json(bytes) else { return Corpus::Reject };
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

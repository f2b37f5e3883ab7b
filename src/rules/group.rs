//! Saved groups: lists and conditions that many rules refer to by name.

use alloc::rc::Rc;
use alloc::string::String;

use super::condition::Set;
use crate::domain::{Map, Value};

/// Saved groups by name, read once; a rule that is compiled with them shares their lists.
#[derive(Clone, Debug, Default)]
pub struct SavedGroups {
    groups: Map<String, Group>,
}

#[derive(Clone, Debug)]
pub(super) enum Group {
    /// Values, and the attribute `$savedGroup` tests where the reference names none.
    List { attribute: Option<String>, values: Rc<Set> },
    /// A bare list, which only `$inGroup` and `$notInGroup` use.
    Bare(Rc<Set>),
    /// A condition.
    Condition(Value),
    /// Malformed, or of a type not known here.
    Unusable,
}

impl SavedGroups {
    /// Reads an object of groups: each a list of values, or `{"type": "list", "attributeKey", "values"}`, or
    /// `{"type": "condition", "condition"}`. Anything else matches nobody.
    pub fn compile(groups: &Value) -> Self {
        let entries = groups.as_object().unwrap_or_default();
        SavedGroups { groups: entries.iter().map(|(name, group)| (name.clone(), Group::compile(group))).collect() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }
}

impl Group {
    fn compile(group: &Value) -> Self {
        if let Some(values) = group.as_array() {
            return Group::Bare(Rc::new(Set::new(values)));
        }
        match (group.get("type").and_then(Value::as_str), group.get("values"), group.get("condition")) {
            (Some("list"), Some(Value::Array(values)), _) => Group::List {
                attribute: group.get("attributeKey").and_then(Value::as_str).map(String::from),
                values: Rc::new(Set::new(values)),
            },
            (Some("condition"), _, Some(condition @ Value::Object(_))) => Group::Condition(condition.clone()),
            _ => Group::Unusable,
        }
    }
}

//! Whether an item suits a member: what it must have, must not have, and had better have.

use alloc::string::String;

use serde::Serialize;

use crate::domain::{Reason, read_choice};
use crate::rules::{AttributeId, AttributeSource, Condition, Layered, ValueRef};

/// What a [`FitRule`] does where its attribute or condition is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FitKind {
    /// Items that don't meet it are left out.
    #[default]
    Must,
    /// Items that meet it are left out.
    MustNot,
    /// Items that meet it come before others.
    Prefer,
}

read_choice!(FitKind: Must, MustNot, Prefer);

/// How an attribute of an item suits a trait of a member.
#[derive(Clone, Debug, Default)]
pub struct FitRule {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: FitKind,
    /// The trait and the attribute that are compared: met where they have a value in common. Silent where either is missing.
    pub pair: Option<(AttributeId, AttributeId)>,
    /// The name of the trait, for reasons.
    pub attribute: String,
    /// Met where this holds of the member and the item; instead of a pair, or beside it.
    pub when: Condition,
    /// By how much a preferred item's score rises: 0.2 is a fifth.
    pub weight: f64,
}

/// How an item suits a member by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The rule says nothing of it.
    Silent,
    /// It suits.
    Suits,
    /// It does not.
    Unsuited,
}

impl FitRule {
    /// How `item` suits `member` by this rule.
    pub fn of(&self, member: &dyn AttributeSource, item: &dyn AttributeSource) -> Fit {
        let common = match self.pair {
            Some((of_member, of_item)) => match (member.value(of_member), item.value(of_item)) {
                (ValueRef::Null, _) | (_, ValueRef::Null) => return Fit::Silent,
                (one, other) => have_common(one, other),
            },
            None if self.when.is_empty() => return Fit::Silent,
            None => true,
        };
        let met = common && self.when.matches(&Layered::new(item, member));
        match (self.kind, met) {
            (FitKind::Must, false) | (FitKind::MustNot, true) => Fit::Unsuited,
            (FitKind::Must | FitKind::Prefer, true) => Fit::Suits,
            (FitKind::MustNot | FitKind::Prefer, false) => Fit::Silent,
        }
    }

    /// Why.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `fit-must`, `fit-must-not`, `fit-prefer` | `rule`, and `attribute`, where a trait is compared |
    pub fn reason(&self) -> Reason {
        let code = match self.kind {
            FitKind::Must => "fit-must",
            FitKind::MustNot => "fit-must-not",
            FitKind::Prefer => "fit-prefer",
        };
        let reason = Reason::new(code).with("rule", self.id.as_str());
        if self.attribute.is_empty() { reason } else { reason.with("attribute", self.attribute.as_str()) }
    }
}

/// Element `place` of a list; a value that is none is its own only element.
fn element(value: ValueRef<'_>, place: usize) -> Option<ValueRef<'_>> {
    if value.length().is_some() { value.element(place) } else { Some(value) }
}

/// Whether two values, or the elements of lists, have one in common.
fn have_common(one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    let count = |value: ValueRef<'_>| value.length().unwrap_or(1);
    (0..count(one)).filter_map(|place| element(one, place)).any(|left| {
        (0..count(other)).filter_map(|place| element(other, place)).any(|right| match (left, right) {
            (ValueRef::Str(left), ValueRef::Str(right)) => left == right,
            (ValueRef::Number(left), ValueRef::Number(right)) => left.total_cmp(&right).is_eq(),
            (ValueRef::Bool(left), ValueRef::Bool(right)) => left == right,
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;
    use crate::rules::{AttributeTable, Attributes, NativeRegex, RuleContext};

    fn fit(kind: FitKind, member: &str, item: &str) -> Fit {
        let mut table = AttributeTable::default();
        let pair = Some((table.intern("member.skin"), table.intern("item.skins")));
        let rule = FitRule { kind, pair, ..FitRule::default() };
        let values: [Value; 2] = [member, item].map(|text| serde_json::from_str(text).unwrap());
        let (mut of_member, mut of_item) = (Attributes::default(), Attributes::default());
        of_member.bind(&table, "member", &values[0]);
        of_item.bind(&table, "item", &values[1]);
        rule.of(&of_member, &of_item)
    }

    #[test]
    fn values_are_compared_alone_or_in_lists() {
        let (dry, dry_or_oily, oily) = (r#"{"skin": "dry"}"#, r#"{"skins": ["dry", "oily"]}"#, r#"{"skins": "oily"}"#);
        assert_eq!((fit(FitKind::Must, dry, dry_or_oily), fit(FitKind::Must, dry, oily)), (Fit::Suits, Fit::Unsuited));
        assert_eq!((fit(FitKind::MustNot, dry, dry_or_oily), fit(FitKind::MustNot, dry, oily)), (Fit::Unsuited, Fit::Silent));
        assert_eq!((fit(FitKind::Prefer, dry, dry_or_oily), fit(FitKind::Prefer, dry, oily)), (Fit::Suits, Fit::Silent));
        assert_eq!(fit(FitKind::Must, r#"{"skin": 3}"#, r#"{"skins": [1, 3]}"#), Fit::Suits);
        assert_eq!(fit(FitKind::Must, r#"{"skin": []}"#, dry_or_oily), Fit::Unsuited);
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        for kind in [FitKind::Must, FitKind::MustNot, FitKind::Prefer] {
            assert_eq!(fit(kind, "{}", r#"{"skins": ["dry"]}"#), Fit::Silent);
            assert_eq!(fit(kind, r#"{"skin": "dry"}"#, "{}"), Fit::Silent);
            assert_eq!(FitRule { kind, ..FitRule::default() }.of(&(), &()), Fit::Silent);
        }
    }

    #[test]
    fn a_condition_may_ask_for_both() {
        let mut table = AttributeTable::default();
        let when: Value = serde_json::from_str(r#"{"member.pregnant": true, "item.retinol": true}"#).unwrap();
        let when = Condition::compile(&when, &mut table, &RuleContext::new(&NativeRegex));
        let rule = FitRule { kind: FitKind::MustNot, when, ..FitRule::default() };
        let values: [Value; 2] = [r#"{"pregnant": true}"#, r#"{"retinol": true}"#].map(|text| serde_json::from_str(text).unwrap());
        let (mut member, mut item) = (Attributes::default(), Attributes::default());
        member.bind(&table, "member", &values[0]);
        assert_eq!(rule.of(&member, &item), Fit::Silent);
        item.bind(&table, "item", &values[1]);
        assert_eq!(rule.of(&member, &item), Fit::Unsuited);
        assert_eq!(rule.reason().code, "fit-must-not");
    }
}

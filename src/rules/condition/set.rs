//! A set of scalars, as `$in` asks for them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::super::ValueRef;
use super::super::coercion::{equals_lowered, lowered};
use crate::domain::{Arrange, Listed, Value};

/// Up to so many texts are compared one by one.
const FEW: usize = 8;

/// Scalars as they were written, with what finds one among many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    written: Box<[Value]>,
    /// Places of the texts in `written`, ascending by text.
    texts: Box<[u32]>,
    numbers: Box<[f64]>,
    null: bool,
    yes: bool,
    no: bool,
}

impl Set {
    /// The scalars of `values`. Lists and objects are never equal to an attribute, and count for nothing.
    pub(crate) fn new(values: &[Value]) -> Self {
        let mut set = Set { written: values.into(), ..Set::default() };
        let (mut texts, mut numbers): (Vec<(&str, u32)>, Vec<f64>) = (Vec::new(), Vec::new());
        for (place, value) in (0_u32..).zip(values) {
            match value {
                Value::Null => set.null = true,
                Value::Bool(true) => set.yes = true,
                Value::Bool(false) => set.no = true,
                Value::Number(number) => numbers.push(*number + 0.0), // -0 is 0
                Value::String(text) => texts.push((text, place)),
                Value::Array(_) | Value::Object(_) => {}
            }
        }
        texts.arrange();
        texts.dedup_by_key(|(text, _)| *text);
        numbers.arrange_by(f64::total_cmp);
        set.texts = texts.into_iter().map(|(_, place)| place).collect();
        set.numbers = numbers.into();
        set
    }

    /// The same with texts in lower case.
    pub(crate) fn folded(values: &[Value]) -> Self {
        let fold = |value: &Value| match value {
            Value::String(text) => Value::String(lowered(text).into_owned()),
            other => other.clone(),
        };
        Self::new(&values.iter().map(fold).listed())
    }

    /// What the set was made from.
    pub(crate) fn written(&self) -> &[Value] {
        &self.written
    }

    /// Whether the set has `value`, or, where that is a list, one of its elements.
    pub(crate) fn meets(&self, value: ValueRef<'_>) -> bool {
        self.meets_by(value, |text| self.has_text(text))
    }

    /// The same in whatever case, for a folded set.
    pub(crate) fn meets_folded(&self, value: ValueRef<'_>) -> bool {
        self.meets_by(value, |text| match self.texts.len() {
            0..=FEW => self.each_text().any(|lower| equals_lowered(text, lower)),
            _ => self.has_text(&lowered(text)),
        })
    }

    fn meets_by(&self, value: ValueRef<'_>, has_text: impl Fn(&str) -> bool) -> bool {
        let has = |value: ValueRef<'_>| match value {
            ValueRef::Null => self.null,
            ValueRef::Bool(true) => self.yes,
            ValueRef::Bool(false) => self.no,
            ValueRef::Number(number) => self.has_number(number),
            ValueRef::Str(text) => has_text(text),
            ValueRef::List(_) | ValueRef::Terms(..) | ValueRef::Object(_) => false,
        };
        if value.length().is_some() { value.elements().any(has) } else { has(value) }
    }

    fn each_text(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|place| self.text(*place))
    }

    fn text(&self, place: u32) -> &str {
        self.written.get(place as usize).and_then(Value::as_str).unwrap_or_default()
    }

    fn has_text(&self, text: &str) -> bool {
        match self.texts.len() {
            0..=FEW => self.each_text().any(|known| known == text),
            _ => self.texts.binary_search_by(|place| self.text(*place).cmp(text)).is_ok(),
        }
    }

    fn has_number(&self, number: f64) -> bool {
        match self.numbers.len() {
            0..=FEW => self.numbers.contains(&number),
            _ => self.numbers.binary_search_by(|known| known.total_cmp(&(number + 0.0))).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(json: &str) -> Set {
        Set::new(serde_json::from_str::<Value>(json).unwrap().as_array().unwrap())
    }

    #[test]
    fn kinds_are_kept_apart() {
        let set = set(r#"["1", true, {}, [1]]"#);
        for value in [ValueRef::Number(1.0), ValueRef::Null, ValueRef::Bool(false), ValueRef::Str("true"), ValueRef::Object(&[])] {
            assert!(!set.meets(value), "{value:?}");
        }
        assert!(set.meets(ValueRef::Str("1")) && set.meets(ValueRef::Bool(true)));
    }

    #[test]
    fn a_list_meets_it_with_one_element() {
        let elements = [Value::Null, Value::from("x"), Value::from(2.0)];
        assert!(!set("[3]").meets(ValueRef::List(&elements)));
        assert!(!set("[\"x\"]").meets(ValueRef::List(&[])));
        assert!(set("[2]").meets(ValueRef::List(&elements)));
        assert!(set("[null]").meets(ValueRef::List(&elements)));
    }

    #[test]
    fn big_sets_find_what_small_ones_do() {
        let values: Vec<Value> = (0..50).flat_map(|n| [Value::from(f64::from(n)), Value::String(format!("T{n}"))]).collect();
        let (exact, folded) = (Set::new(&values), Set::folded(&values));
        for n in 0..60 {
            let text = format!("t{n}");
            assert_eq!(exact.meets(ValueRef::Number(f64::from(n))), n < 50);
            assert!(!exact.meets(ValueRef::Str(&text)));
            assert_eq!(folded.meets_folded(ValueRef::Str(&text)), n < 50);
        }
        assert!(exact.meets(ValueRef::Number(-0.0)));
    }
}

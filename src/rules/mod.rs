//! The one rule language: GrowthBook's conditions over named attributes.
//!
//! A condition is a JSON object such as `{"member.tier": {"$in": ["gold", "platinum"]}, "cart.subtotal": {"$gte": 5000}}`.
//! It is compiled once, against an [`AttributeTable`] that gives each attribute path a number, and then asked of anything
//! that is an [`AttributeSource`]: a request, a catalog item ([`ItemAttributes`]), one layered over the other
//! ([`Layered`]). Values compare as in JavaScript, because the specification's reference is JavaScript: an attribute that
//! is missing is `null`, `"8"` is greater than `5`, and text is ordered by UTF-16 code units.
//!
//! ```
//! # #[cfg(not(target_arch = "wasm32"))] {
//! use regulars::domain::Value;
//! use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, RuleContext};
//!
//! let wire: Value = serde_json::from_str(r#"{"member.tier": {"$in": ["gold"]}, "cart.subtotal": {"$gte": 5000}}"#).unwrap();
//! let mut table = AttributeTable::default();
//! let condition = Condition::compile(&wire, &mut table, &RuleContext::new(&NativeRegex));
//!
//! let member: Value = serde_json::from_str(r#"{"tier": "gold"}"#).unwrap();
//! let mut request = Attributes::default();
//! request.bind(&table, "member", &member);
//! request.set(table.intern("cart.subtotal"), 3800.0);
//! assert!(!condition.matches(&request));
//!
//! let unmet = condition.unmet(&request);
//! assert_eq!(unmet[0].need().and_then(|need| need.missing()), Some(1200.0));
//! # }
//! ```

mod attribute;
mod coercion;
mod condition;
mod group;
mod item;
mod number;
mod problem;
mod regex;
mod segment;
mod shortest;
mod source;
mod value_ref;
mod version;

pub use attribute::{AttributeId, AttributeTable};
pub use condition::{Condition, Need, Operator, RuleContext, Unmet};
pub use group::SavedGroups;
pub use item::{ItemAttributes, ItemBinding};
pub use number::NumberText;
pub use problem::{Problem, ProblemKind};
#[cfg(not(target_arch = "wasm32"))]
pub use regex::NativeRegex;
pub use regex::{LONGEST_SUBJECT, Regex, RegexEngine};
pub use segment::{Held, Segments};
pub use source::{AttributeSource, Attributes, Layered};
pub use value_ref::{Kind, ValueRef};

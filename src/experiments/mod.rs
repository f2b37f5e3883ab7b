//! Features and experiments with GrowthBook's semantics (specification 0.8.0).
//!
//! [`Features`] compiles a payload as GrowthBook's servers give it; [`Features::evaluate`] answers for one
//! [`Context`]. Nothing is counted by asking: [`Evaluation::finish`] gives the exposures and the sticky documents that
//! the answers led to, and the caller decides what becomes of them.
//!
//! ```
//! # #[cfg(not(target_arch = "wasm32"))] {
//! use regulars::domain::Value;
//! use regulars::experiments::{Context, Features};
//! use regulars::rules::{AttributeTable, Attributes, NativeRegex};
//!
//! let payload = r#"{"features": {"banner": {"defaultValue": "plain", "rules": [{"variations": ["plain", "bold"]}]}}}"#;
//! let payload: Value = serde_json::from_str(payload).unwrap();
//! let mut table = AttributeTable::default();
//! let (features, warnings) = Features::compile(&payload, &mut table, &NativeRegex);
//! assert!(warnings.is_empty());
//!
//! let mut attributes = Attributes::default();
//! attributes.set(table.intern("id"), "member-1");
//! let context = Context::new(&attributes);
//! let mut evaluation = features.evaluate(&context);
//! assert_eq!(evaluation.feature("banner").value.as_str(), Some("plain"));
//! assert_eq!(evaluation.finish().exposures.len(), 1);
//! # }
//! ```

mod allocation;
mod automatic;
mod bandit;
mod bucketing;
mod distribution;
mod encrypted;
mod evaluation;
mod experiment;
mod features;
mod overrides;
mod result;
mod run;
#[cfg(feature = "cli")]
pub mod statistics;
mod sticky;
mod targeting;
mod unit;
mod url;
mod wire;

pub use allocation::{Range, bucket_ranges, choose_variation, equal_weights};
pub use automatic::{Automatic, Change, ChangePolicy};
pub use bandit::{Choice, Posterior, Slot, SlotArm, SlotState, Tally, best_arm_probabilities, with_floor};
pub use bucketing::hash;
pub use distribution::normal_share;
pub use encrypted::decrypt;
pub use evaluation::{Context, Effects, Evaluation};
pub use experiment::Experiment;
pub use features::Features;
pub use overrides::{Overrides, query_override};
pub use result::{ExperimentResult, ExperimentView, Exposure, FeatureResult, LeafView, Source};
pub use sticky::{StickyBuckets, StickyDocument};
pub use unit::in_namespace;

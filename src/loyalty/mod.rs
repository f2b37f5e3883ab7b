//! Tiers, points and everything else of a membership: pure functions over a compiled programme, one member's facts, an
//! instant and the shop's clock.

mod criteria;
mod measure;
mod period;
mod span;
mod stretch;
mod tier;
mod view;

pub use criteria::{Criteria, Criterion, Gauge};
pub use measure::{Frame, Measures, Meter, Metric, WalletMeasure};
pub use period::{Anchors, Period, PeriodKind};
pub use span::{RoundUp, Span};
pub use stretch::{Per, Stretch};
pub use tier::{
    Access, CartEffect, Change, Downgrade, Ladder, NextTier, Standing, State, Step, Tier, TierKeep, Track, Upgrade, Validity, ValidityKind,
};
pub use view::{MemberView, Receipt};

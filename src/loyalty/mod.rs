//! Tiers, points and everything else of a membership: pure functions over a compiled programme, one member's facts, an
//! instant and the shop's clock.

mod criteria;
mod day;
mod earning;
mod ledger;
mod measure;
mod period;
mod programme;
mod span;
mod stretch;
mod tier;
mod view;
mod wallet;

pub use criteria::{Criteria, Criterion, Gauge};
pub use day::{Day, Recurrence};
pub use earning::{Cap, Earning, EarningBase, EarningLine, EarningRules, Multiplier, RoundEach, Rounding, Stacking, WhenReached};
pub use ledger::{Ledger, Lot};
pub use measure::{Frame, Measures, Meter, Metric, WalletMeasure};
pub use period::{Anchors, Period, PeriodKind};
pub use programme::{Benefit, Programme, Redemption};
pub use span::{RoundUp, Span};
pub use stretch::{Per, Stretch};
pub use tier::{
    Access, CartEffect, Change, Downgrade, Ladder, NextTier, Standing, State, Step, Tier, TierKeep, Track, Upgrade, Validity, ValidityKind,
};
pub use view::{MemberView, Receipt};
pub use wallet::{Expiry, ExpiryKind, LastDay, Wallet};

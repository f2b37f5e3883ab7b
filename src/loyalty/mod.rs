//! Tiers, points and everything else of a membership: pure functions over a compiled programme, one member's facts, an
//! instant and the shop's clock.

mod audience;
mod benefit;
mod contact;
mod criteria;
mod day;
mod earning;
mod exchange;
mod fit;
mod ledger;
mod measure;
mod partner;
mod period;
mod programme;
mod quota;
mod span;
mod stretch;
mod task;
mod tier;
mod velocity;
mod view;
mod wallet;
mod worth;

pub use audience::{Audience, Barrier, Person};
pub use benefit::Benefit;
pub use contact::{Contact, Message, Topic};
pub use criteria::{Criteria, Criterion, Gauge};
pub use day::{Day, Recurrence};
pub use earning::{
    Cap, Earned, EarnedBefore, Earning, EarningBase, EarningLine, EarningRules, Multiplier, Occasion, Pending, RoundEach, Rounding,
    Stacking, StreakBonus, WhenReached, earned_by,
};
pub use exchange::{Draw, Prize, Reward};
pub use fit::{Fit, FitKind, FitRule};
pub use ledger::{Holder, Ledger, LedgerRules, Lot};
pub use measure::{Frame, Measures, Meter, Metric, WalletMeasure};
pub use partner::{Conversion, Partner, Precedence};
pub use period::{Anchors, Period, PeriodKind};
pub use programme::{Programme, Redemption};
pub use quota::{Quota, QuotaLeft};
pub use span::{RoundUp, Span};
pub use stretch::{Per, Stretch};
pub use task::{Counts, Progress, Task, TaskReward};
pub use tier::{
    Access, Calm, CartEffect, Change, Downgrade, Ladder, NextTier, Standing, State, Step, Tier, TierKeep, Track, Upgrade, Validity,
    ValidityKind,
};
pub use velocity::Velocity;
pub use view::{FactOrder, MemberView, Receipt};
pub use wallet::{Expiry, ExpiryKind, LastDay, Wallet};
pub use worth::{Churn, Lifecycle, RfmLimits, Stage, ValueRules, Worth};

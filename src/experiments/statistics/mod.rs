//! The statistics of experiments, for reports. Native only.
//!
//! Every figure comes from sums over units ([`Moments`], [`PairedMoments`]), so that the events of any number of units
//! are read once. Control stands first, treatment second; a difference is treatment less control.

mod chance;
mod correction;
mod cuped;
mod moments;
mod quantile;
mod sample_ratio;
mod sequential;
mod welch;

pub use chance::{chance_to_win, chance_to_win_rate};
pub use correction::{benjamini_hochberg, holm};
pub use cuped::{cuped_difference, cuped_theta};
pub use moments::{Moments, PairedMoments};
pub use quantile::{normal_quantile, student_quantile, student_tails};
pub use sample_ratio::{SampleRatio, sample_ratio};
pub use sequential::{mixture_ratio, mixture_value, sequential_half_width, sequential_value, tuning};
pub use welch::{Difference, absolute_difference, relative_difference};

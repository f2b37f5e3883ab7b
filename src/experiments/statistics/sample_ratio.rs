//! Whether units came to the arms in the shares that were planned.

use super::super::distribution::gamma_share_above;

/// The p-value below which a mismatch is taken to be real.
const ALARM: f64 = 0.001;

/// Whether units came to the arms in the shares that were planned (Pearson's chi-square test).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleRatio {
    /// The statistic.
    pub chi_square: f64,
    /// How likely chance alone gives a statistic at least as high.
    pub p_value: f64,
    /// Whether that is below 0.001: something is broken, and no figure of the experiment can be trusted.
    pub is_mismatch: bool,
}

/// Tests `observed` units by arm against planned `weights`, which need not add up to 1. `None` for fewer than two arms, or
/// where an arm is planned to get nobody.
pub fn sample_ratio(observed: &[f64], weights: &[f64]) -> Option<SampleRatio> {
    if observed.len() < 2 || observed.len() != weights.len() || weights.iter().any(|weight| *weight <= 0.0) {
        return None;
    }
    let (units, total): (f64, f64) = (observed.iter().sum(), weights.iter().sum());
    let part = |(observed, weight): (&f64, &f64)| {
        let expected = units * weight / total;
        (observed - expected) * (observed - expected) / expected
    };
    let chi_square: f64 = observed.iter().zip(weights).map(part).sum();
    #[allow(clippy::cast_precision_loss)] // arms are few
    let freedom = observed.len().saturating_sub(1) as f64;
    let p_value = gamma_share_above(freedom / 2.0, chi_square / 2.0);
    Some(SampleRatio { chi_square, p_value, is_mismatch: p_value < ALARM })
}

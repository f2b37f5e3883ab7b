//! Figures as people read them.

use super::analysis::Estimate;
use super::language::Language;
use super::measures::Measure;
use crate::inspect::grouped;

/// A share with its sign: `+3.2%`.
pub fn percent(share: f64) -> String {
    let points = share * 100.0;
    let decimals = usize::from(points.abs() < 99.95);
    let text = format!("{points:+.decimals$}%");
    if text.trim_start_matches(['+', '-']).trim_start_matches(['0', '.']) == "%" { "0%".into() } else { text.replace('-', "−") }
}

/// A share without sign: `12.3%`.
pub fn share(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// `+3.2% (−1.0% to +7.4%)`.
pub fn interval(estimate: &Estimate, language: Language) -> String {
    let range = range(estimate, language);
    language.of(format!("{} ({range})", percent(estimate.estimate)), format!("{}（{range}）", percent(estimate.estimate)))
}

/// `−1.0% to +7.4%`.
pub fn range(estimate: &Estimate, language: Language) -> String {
    format!("{}{}{}", percent(estimate.low), language.of(" to ", " 至 "), percent(estimate.high))
}

/// A p-value.
pub fn p_value(value: f64) -> String {
    if value < 0.0001 { "< 0.0001".into() } else { format!("{value:.4}") }
}

/// A mean of this measure.
pub fn mean(measure: &Measure, mean: f64, decimals: u8) -> String {
    if measure.is_share {
        share(mean)
    } else if measure.is_money {
        format!("{:.*}", usize::from(decimals), mean / 10_f64.powi(i32::from(decimals)))
    } else {
        format!("{mean:.4}")
    }
}

/// 12345 as `12,345`.
pub fn count(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_sign() {
        assert_eq!((percent(0.0), percent(-0.0001), percent(0.0)), ("0%".into(), "0%".into(), "0%".into()));
    }

    #[test]
    fn shares_and_counts_are_written() {
        assert_eq!((percent(0.0321), percent(-0.25), percent(1.5)), ("+3.2%".into(), "−25.0%".into(), "+150%".into()));
        assert_eq!((count(7), count(1_234_567), p_value(0.00001)), ("7".into(), "1,234,567".into(), "< 0.0001".into()));
    }
}

//! Figures as people read them.

use super::analysis::Estimate;
use super::measures::Measure;

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
pub fn interval(estimate: &Estimate) -> String {
    format!("{} ({} to {})", percent(estimate.estimate), percent(estimate.low), percent(estimate.high))
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
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

//! P-values of many comparisons at once.

/// Adjusted p-values in the same order: below `alpha` in any comparison without a true difference with probability at
/// most `alpha`, whatever the dependence (Holm 1979).
///
/// ```
/// use regulars::experiments::statistics::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    adjusted(p_values, false, |place| count - place)
}

/// Adjusted p-values in the same order: among comparisons whose value lies below `alpha`, at most the share `alpha` is
/// expected to have no true difference, for independent comparisons (Benjamini and Hochberg 1995).
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    adjusted(p_values, true, |place| count / (place + 1.0))
}

/// Multiplies each by a factor that depends on its rank, and keeps the order: from the smallest up, or the largest down.
fn adjusted(p_values: &[f64], down: bool, factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut ranked: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    ranked.sort_by(|left, right| left.1.total_cmp(&right.1));
    let mut values: Vec<(usize, f64)> =
        ranked.iter().enumerate().map(|(rank, (place, value))| (*place, (value * factor(rank as f64)).min(1.0))).collect();
    if down {
        values.iter_mut().rev().fold(1.0, |least: f64, (_, value)| {
            *value = value.min(least);
            *value
        });
    } else {
        values.iter_mut().fold(0.0, |most: f64, (_, value)| {
            *value = value.max(most);
            *value
        });
    }
    values.sort_by_key(|(place, _)| *place);
    values.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn none_and_one_stay() {
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
        assert_eq!((holm(&[0.2]), benjamini_hochberg(&[0.2])), (vec![0.2], vec![0.2]));
    }

    /// Expected values from R's `p.adjust`.
    #[test]
    fn many_are_adjusted() {
        let values = [0.01, 0.04, 0.03, 0.5, 0.005];
        close(&holm(&values), &[0.04, 0.09, 0.09, 0.5, 0.025]);
        close(&benjamini_hochberg(&values), &[0.025, 0.05, 0.05, 0.5, 0.025]);
    }
}

//! The difference of two means, without assuming equal variances.

use libm::sqrt;

use super::{Moments, student_quantile, student_tails};

/// A difference with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference: treatment less control.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The degrees of freedom (Welch and Satterthwaite).
    pub freedom: f64,
}

impl Difference {
    /// The two-sided p-value of no difference (Welch's t-test). For one look at the end, not for looking all the time.
    pub fn p_value(&self) -> f64 {
        student_tails(self.estimate / self.error, self.freedom)
    }

    /// The interval that covers the true difference with probability `1 - alpha`.
    pub fn interval(&self, alpha: f64) -> (f64, f64) {
        let half = student_quantile(1.0 - alpha / 2.0, self.freedom) * self.error;
        (self.estimate - half, self.estimate + half)
    }

    pub(super) fn of(estimate: f64, error_squared: f64, control: (f64, f64), treatment: (f64, f64)) -> Self {
        let part = |(error_squared, count): (f64, f64)| error_squared * error_squared / (count - 1.0);
        let total = control.0 + treatment.0;
        Difference { estimate, error: sqrt(error_squared), freedom: total * total / (part(control) + part(treatment)) }
    }
}

/// How much higher the mean of `treatment` is. `None` for fewer than two units in an arm, or where nothing varies.
pub fn absolute_difference(control: Moments, treatment: Moments) -> Option<Difference> {
    let errors = (control.error_squared(), treatment.error_squared());
    let estimate = treatment.mean() - control.mean();
    checked(Difference::of(estimate, errors.0 + errors.1, (errors.0, control.count), (errors.1, treatment.count)))
}

/// How much higher the mean of `treatment` is, as a share of the mean of `control`. The error follows from the two means'
/// errors by the delta method. `None` as for [`absolute_difference`], and where the control's mean is 0.
pub fn relative_difference(control: Moments, treatment: Moments) -> Option<Difference> {
    let errors = (control.error_squared(), treatment.error_squared());
    let (base, mean) = (control.mean(), treatment.mean());
    let error_squared = errors.1 / (base * base) + errors.0 * mean * mean / (base * base * base * base);
    checked(Difference::of((mean - base) / base, error_squared, (errors.0, control.count), (errors.1, treatment.count)))
}

pub(super) fn checked(difference: Difference) -> Option<Difference> {
    let is_sound = difference.estimate.is_finite() && difference.error.is_finite() && difference.error > 0.0 && difference.freedom > 0.0;
    is_sound.then_some(difference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_compared_gives_none() {
        let some = Moments { count: 10.0, sum: 5.0, squares: 5.0 };
        assert_eq!(absolute_difference(Moments::default(), some), None);
        assert_eq!(absolute_difference(Moments { count: 1.0, sum: 1.0, squares: 1.0 }, some), None);
        let constant = Moments { count: 10.0, sum: 10.0, squares: 10.0 };
        assert_eq!(absolute_difference(constant, constant), None);
        assert_eq!(relative_difference(Moments { count: 10.0, sum: 0.0, squares: 5.0 }, some), None);
    }
}

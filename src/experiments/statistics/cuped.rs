//! Less variance by what is known from before the experiment (CUPED).

use super::welch::checked;
use super::{Difference, PairedMoments};

/// How much of the number from before is taken off: covariance over variance, over the units of **both arms joined**, as
/// gbstats does. 0 where the number from before doesn't vary.
pub fn cuped_theta(control: PairedMoments, treatment: PairedMoments) -> f64 {
    let joined = control.joined(treatment);
    let variance = joined.before.variance();
    if variance > 0.0 { joined.covariance() / variance } else { 0.0 }
}

/// How much higher the mean of `treatment` is once what each arm's units were like before is taken off. `None` as for
/// [`super::absolute_difference`].
pub fn cuped_difference(control: PairedMoments, treatment: PairedMoments) -> Option<Difference> {
    let theta = cuped_theta(control, treatment);
    let mean = |arm: PairedMoments| arm.after.mean() - theta * arm.before.mean();
    let error_squared = |arm: PairedMoments| {
        (arm.after.variance() + theta * theta * arm.before.variance() - 2.0 * theta * arm.covariance()) / arm.after.count
    };
    let errors = (error_squared(control), error_squared(treatment));
    let estimate = mean(treatment) - mean(control);
    checked(Difference::of(estimate, errors.0 + errors.1, (errors.0, control.after.count), (errors.1, treatment.after.count)))
}

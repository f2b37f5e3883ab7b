//! Sums over units.

/// Count, sum and sum of squares of one number for each unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// How many units.
    pub count: f64,
    /// The sum of the numbers.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl Moments {
    /// Of `successes` among `count` units that count 1 for a success and 0 otherwise.
    pub fn of_rate(count: f64, successes: f64) -> Self {
        Moments { count, sum: successes, squares: successes }
    }

    /// Adds one unit.
    pub fn add(&mut self, number: f64) {
        self.count += 1.0;
        self.sum += number;
        self.squares += number * number;
    }

    /// The mean; NaN for no unit.
    pub fn mean(self) -> f64 {
        self.sum / self.count
    }

    /// The variance of single units, with `count - 1`; NaN for fewer than two.
    pub fn variance(self) -> f64 {
        let variance = (self.squares - self.sum * self.mean()) / (self.count - 1.0);
        if variance < 0.0 { 0.0 } else { variance } // below 0 by rounding only
    }

    /// The variance of the mean.
    pub fn error_squared(self) -> f64 {
        self.variance() / self.count
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<T: IntoIterator<Item = f64>>(numbers: T) -> Self {
        numbers.into_iter().fold(Moments::default(), |mut moments, number| {
            moments.add(number);
            moments
        })
    }
}

/// The same for two numbers of each unit: one from before the experiment, one from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairedMoments {
    /// Of the number from before.
    pub before: Moments,
    /// Of the number from the experiment.
    pub after: Moments,
    /// The sum of the products.
    pub products: f64,
}

impl PairedMoments {
    /// Adds one unit.
    pub fn add(&mut self, before: f64, after: f64) {
        self.before.add(before);
        self.after.add(after);
        self.products += before * after;
    }

    /// The covariance, with `count - 1`.
    pub fn covariance(self) -> f64 {
        (self.products - self.before.sum * self.after.mean()) / (self.before.count - 1.0)
    }

    /// Of the units of both.
    #[must_use]
    pub fn joined(self, other: PairedMoments) -> Self {
        let join = |left: Moments, right: Moments| Moments {
            count: left.count + right.count,
            sum: left.sum + right.sum,
            squares: left.squares + right.squares,
        };
        PairedMoments {
            before: join(self.before, other.before),
            after: join(self.after, other.after),
            products: self.products + other.products,
        }
    }
}

impl FromIterator<(f64, f64)> for PairedMoments {
    fn from_iter<T: IntoIterator<Item = (f64, f64)>>(pairs: T) -> Self {
        pairs.into_iter().fold(PairedMoments::default(), |mut moments, (before, after)| {
            moments.add(before, after);
            moments
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_units_give_no_number() {
        assert!(Moments::default().mean().is_nan());
        assert!(Moments { count: 1.0, sum: 3.0, squares: 9.0 }.variance().is_nan());
    }

    #[test]
    fn sums_give_means_and_variances() {
        let moments: Moments = [1.0, 2.0, 6.0].into_iter().collect();
        assert_eq!((moments.mean(), moments.variance()), (3.0, 7.0));
        let pairs: PairedMoments = [(1.0, 2.0), (3.0, 6.0)].into_iter().collect();
        assert_eq!(pairs.covariance(), 4.0);
        let joined = pairs.joined([(5.0, 1.0)].into_iter().collect());
        assert_eq!(joined, [(1.0, 2.0), (3.0, 6.0), (5.0, 1.0)].into_iter().collect());
    }
}

//! Trees of one turn, added up to one step function a feature.

use super::boost::Boosted;
use super::forest::{Leaf, Split, Tree};

/// A step function a feature.
pub struct Steps(Vec<Function>);

/// Steps over the bins of a feature.
struct Function {
    feature: usize,
    /// Ascending; the first begins at bin 0.
    steps: Vec<Step>,
}

/// A span of bins of one value.
#[derive(Clone, Copy)]
struct Step {
    /// The first bin.
    bin: u8,
    /// What it adds.
    value: f64,
    /// The share of training rows before it, in 255ths.
    before: u8,
    /// How many of the steps that were learned it stands for.
    weight: f64,
}

impl Steps {
    /// What trees of one turn add up to. Trees without a turn, which add the same to all, are left out.
    pub fn of(boosted: &Boosted) -> Self {
        let mut functions: Vec<Function> = Vec::new();
        for tree in &boosted.trees {
            let (Some(split), Some(Leaf([lower, upper]))) = (tree.splits.first(), tree.leaves.first()) else { continue };
            let place = functions.iter().position(|function| function.feature == split.feature).unwrap_or_else(|| {
                let first = Step { bin: 0, value: 0.0, before: 0, weight: 1.0 };
                functions.push(Function { feature: split.feature, steps: vec![first] });
                functions.len() - 1
            });
            let steps = &mut functions[place].steps;
            let after = steps.partition_point(|step| step.bin < split.bin);
            if steps.get(after).is_none_or(|step| step.bin != split.bin) {
                let value = steps[after - 1].value;
                steps.insert(after, Step { bin: split.bin, value, before: split.share, weight: 1.0 });
            }
            let (below, above) = steps.split_at_mut(after);
            below.iter_mut().for_each(|step| step.value += lower);
            above.iter_mut().for_each(|step| step.value += upper);
        }
        functions.sort_by_key(|function| function.feature);
        Steps(functions)
    }

    /// Makes one step of the two neighbours that differ least; `false` where all functions are flat.
    pub fn merge(&mut self) -> bool {
        let pairs = self.0.iter().enumerate().flat_map(|(function, known)| {
            known.steps.windows(2).enumerate().map(move |(place, pair)| {
                let [one, next] = [pair[0], pair[1]];
                let lost = one.weight * next.weight / (one.weight + next.weight) * (one.value - next.value).powi(2);
                (lost, function, place)
            })
        });
        let Some((_, function, place)) = pairs.min_by(|one, other| one.0.total_cmp(&other.0)) else { return false };
        let steps = &mut self.0[function].steps;
        let (one, next) = (steps[place], steps.remove(place + 1));
        let weight = one.weight + next.weight;
        steps[place] = Step { value: (one.value * one.weight + next.value * next.weight) / weight, weight, ..one };
        true
    }

    /// A balanced tree a function.
    pub fn trees(&self, bias: f64) -> Boosted {
        let mut trees = Vec::new();
        for Function { feature, steps } in &self.0 {
            let mut tree = Tree::default();
            if steps.len() > 1 {
                grow(&mut tree, *feature, steps, 255);
            } else {
                tree.alone = steps.first().map_or(0.0, |step| step.value);
            }
            trees.push(tree);
        }
        Boosted { bias, trees }
    }
}

/// Adds the splits between `steps` (two or more), of which rows up to share `until` reach the last.
fn grow(tree: &mut Tree, feature: usize, steps: &[Step], until: u8) -> usize {
    let (lower, upper) = steps.split_at(steps.len() / 2);
    let (first, turn) = (f64::from(lower[0].before), upper[0]);
    let all = (f64::from(until) - first).max(1.0);
    let share = (255.0 * (f64::from(turn.before) - first) / all).clamp(0.0, 255.0).round() as u8;
    let place = tree.splits.len();
    tree.splits.push(Split { feature, bin: turn.bin, share, gain: 0.0, sides: [None, None] });
    tree.leaves.push(Leaf::default());
    for (side, (steps, until)) in [(lower, turn.before), (upper, until)].into_iter().enumerate() {
        match steps {
            [step] => tree.leaves[place].0[side] = step.value,
            _ => tree.splits[place].sides[side] = Some(grow(tree, feature, steps, until)),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boosted() -> Boosted {
        let stump = |feature, bin, lower, upper| Tree {
            splits: vec![Split { feature, bin, share: bin * 20, gain: 1.0, sides: [None, None] }],
            leaves: vec![Leaf([lower, upper])],
            alone: 0.0,
        };
        let trees =
            vec![stump(2, 5, -1.0, 1.0), stump(0, 3, 0.0, 0.5), stump(2, 8, 0.0, 0.25), stump(2, 1, -0.5, 0.0), stump(2, 5, 0.0, 1.0)];
        Boosted { bias: 0.0, trees }
    }

    fn sum(boosted: &Boosted, bins: [u8; 3]) -> f64 {
        boosted.trees.iter().map(|tree| tree.value(|feature| bins[feature])).sum()
    }

    #[test]
    fn the_functions_say_what_the_trees_said() {
        let boosted = boosted();
        let trees = Steps::of(&boosted).trees(0.0);
        assert_eq!(trees.trees.len(), 2);
        for bins in (0..10).flat_map(|one| (0..10).map(move |other| [one, 0, other])) {
            assert!((sum(&trees, bins) - sum(&boosted, bins)).abs() < 1e-12, "{bins:?}");
        }
    }

    #[test]
    fn the_smallest_step_goes_first_and_in_the_end_all_is_flat() {
        let mut steps = Steps::of(&boosted());
        assert!(steps.merge());
        let trees = steps.trees(0.0);
        assert_eq!(sum(&trees, [0, 0, 5]), sum(&trees, [0, 0, 9]));
        assert!(sum(&trees, [0, 0, 4]) < sum(&trees, [0, 0, 5]));
        while steps.merge() {}
        assert_eq!(sum(&steps.trees(0.0), [9, 9, 9]), sum(&steps.trees(0.0), [0, 0, 0]));
    }
}

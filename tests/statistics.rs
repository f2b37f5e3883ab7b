//! Statistics of reports against SciPy and gbstats. Needs the feature `cli`.
#![cfg(feature = "cli")]
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use regulars::experiments::statistics::{
    Difference, Moments, PairedMoments, absolute_difference, chance_to_win_rate, cuped_difference, cuped_theta, mixture_ratio,
    mixture_value, normal_quantile, relative_difference, sample_ratio, sequential_half_width, sequential_value, tuning,
};
use serde_json::Value as Json;

fn reference(block: &str) -> Json {
    let all: Json = serde_json::from_str(include_str!("vectors/experiments/stats_reference.json")).unwrap();
    all[block].clone()
}

fn cases(block: &str) -> Vec<Json> {
    reference(block)["cases"].as_array().unwrap().clone()
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap()
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(number).collect()
}

/// Equal but for rounding: `relative` of the expected value.
fn close(found: f64, expected: &Json, relative: f64) {
    let expected = number(expected);
    assert!((found - expected).abs() <= relative * expected.abs().max(1e-300), "{found:e} instead of {expected:e}");
}

#[test]
fn sample_ratios() {
    let cases = cases("srm_chi_square");
    for case in &cases {
        let found = sample_ratio(&numbers(&case["observed"]), &numbers(&case["weights"])).unwrap();
        assert!((found.chi_square - number(&case["chi2"])).abs() < 1e-9);
        close(found.p_value, &case["p_scipy"], 1e-10);
        close(found.p_value, &case["p_gbstats"], 1e-10);
        assert_eq!(found.is_mismatch, number(&case["p_scipy"]) < 0.001);
    }
    assert_eq!(cases.len(), 9);
}

#[test]
fn chances_to_win() {
    for case in cases("beta_binomial_chance_to_win") {
        let arm = |arm: &str| (number(&case[format!("success{arm}")]), number(&case[format!("n{arm}")]));
        let prior = (number(&case["prior"][0]), number(&case["prior"][1]));
        let found = chance_to_win_rate(arm("A"), arm("B"), prior);
        close(found, &case["p_B_beats_A_quad"], 1e-10);
        close(found, &case["p_B_beats_A_closed_form"], 1e-10);
    }
}

fn moments(json: &Json) -> Moments {
    Moments { count: number(&json["n"]), sum: number(&json["sum"]), squares: number(&json["sum_squares"]) }
}

#[test]
fn welch_and_sequential_tests() {
    let mut seen = 0;
    let cases = cases("frequentist");
    let (control, treatment) = (moments(&cases[0]["a"]), moments(&cases[0]["b"]));
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let difference = if name.contains("relative") { relative_difference } else { absolute_difference }(control, treatment).unwrap();
        if name == "scipy_welch_absolute" {
            close(difference.estimate / difference.error, &case["t"], 1e-10);
            close(difference.p_value(), &case["pValue"], 1e-9);
            seen += 1;
            continue;
        }
        close(difference.estimate, &case["expected"], 1e-12);
        close(difference.error, &case["uplift"]["stddev"], 1e-12);
        let count = control.count + treatment.count;
        let ((low, high), value) = match name.rsplit_once("_N") {
            None => (difference.interval(0.05), difference.p_value()),
            Some((_, units)) => {
                let units: f64 = units.parse().unwrap();
                let half = sequential_half_width(difference.error, count, units, 0.05);
                (
                    (difference.estimate - half, difference.estimate + half),
                    sequential_value(difference.estimate, difference.error, count, units, 0.05),
                )
            }
        };
        close(low, &case["ci"][0], 1e-9);
        close(high, &case["ci"][1], 1e-9);
        close(value, &case["pValue"], 1e-9);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn confidence_sequences() {
    for case in cases("asymptotic_confidence_sequence") {
        let of = |name: &str| number(&case[name]);
        close(tuning(of("N_star"), of("alpha")), &case["rho"], 1e-13);
        close(sequential_half_width(of("se"), of("N"), of("N_star"), of("alpha")), &case["half_width"], 1e-13);
    }
    let check = &reference("asymptotic_confidence_sequence")["crosscheck"];
    let found = sequential_half_width(number(&check["se"]), number(&check["N"]), number(&check["N_star"]), 0.05);
    close(found, &check["gbstats_half_width_absolute"], 1e-13);
}

#[test]
fn mixture_tests() {
    for case in cases("msprt_normal") {
        let of = |name: &str| number(&case[name]);
        close(mixture_ratio(of("delta"), of("V"), of("n"), of("tau2")), &case["Lambda"], 1e-13);
        let found = mixture_value(of("delta"), of("V"), of("n"), of("tau2"));
        close(found, &case["p"], 1e-13);
        close(found, &case["p_experiment_toolkit"], 1e-13);
    }
}

#[test]
fn cuped() {
    let block = reference("cuped");
    let arm = |name: &str| {
        let arm = &block[name];
        numbers(&arm["pre"]).into_iter().zip(numbers(&arm["post"])).collect::<PairedMoments>()
    };
    let (control, treatment) = (arm("a"), arm("b"));
    close(cuped_theta(control, treatment), &block["theta_pooled_sample"], 1e-10);
    close(absolute_difference(control.after, treatment.after).unwrap().estimate, &block["plain_diff"], 1e-12);
    let found = cuped_difference(control, treatment).unwrap();
    let expected = &block["gbstats_absolute"];
    close(found.estimate, &expected["expected"], 1e-10);
    close(found.error, &expected["stddev"], 1e-10);
    close(found.p_value(), &expected["pValue"], 1e-9);
    let (low, high) = found.interval(0.05);
    close(low, &expected["ci"][0], 1e-9);
    close(high, &expected["ci"][1], 1e-9);
}

/// Normal units of two arms, the treatment's mean higher by `effect`.
fn simulated(random: &mut Xoshiro256PlusPlus, count: usize, effect: f64) -> (Moments, Moments) {
    let mut uniform = || (random.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0;
    let mut arm = |mean: f64| (0..count).map(|_| mean + 2.0 * normal_quantile(uniform().max(1e-12))).collect::<Moments>();
    (arm(10.0), arm(10.0 + effect))
}

fn covers(interval: (f64, f64), truth: f64) -> bool {
    interval.0 <= truth && truth <= interval.1
}

/// Over 1,000 experiments with a known truth, 95 of 100 intervals cover it; and of 1,000 experiments without an effect
/// that are looked at ten times, at most 5 of 100 ever seem to have one by the sequential value.
#[test]
fn intervals_cover_at_the_stated_rate() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2026);
    let (mut absolute, mut relative, mut false_alarms, mut naive_alarms) = (0, 0, 0, 0);
    for _ in 0..1000 {
        let (control, treatment) = simulated(&mut random, 200, 0.3);
        let [difference, uplift] = [absolute_difference, relative_difference].map(|compare| compare(control, treatment).unwrap());
        absolute += u32::from(covers(difference.interval(0.05), 0.3));
        relative += u32::from(covers(uplift.interval(0.05), 0.03));
        let looks = looks(&mut random, 10, 100);
        let value = |look: &(Difference, f64)| sequential_value(look.0.estimate, look.0.error, look.1, 1000.0, 0.05);
        false_alarms += u32::from(looks.iter().any(|look| value(look) < 0.05));
        naive_alarms += u32::from(looks.iter().any(|look| look.0.p_value() < 0.05));
    }
    println!("coverage of 95% intervals: absolute {absolute}, relative {relative} of 1000");
    println!("false alarms in ten looks: sequential {false_alarms}, Welch {naive_alarms} of 1000");
    assert!((929..=971).contains(&absolute) && (929..=971).contains(&relative)); // 950 +- 3 deviations
    assert!(false_alarms <= 71, "at most 50, and 3 deviations");
    assert!(naive_alarms > 120, "looking often without correction finds what is not there");
}

/// Looks at one experiment without an effect, each after `count` more units in each arm.
fn looks(random: &mut Xoshiro256PlusPlus, number: usize, count: usize) -> Vec<(Difference, f64)> {
    let add = |sum: Moments, more: Moments| Moments {
        count: sum.count + more.count,
        sum: sum.sum + more.sum,
        squares: sum.squares + more.squares,
    };
    let (mut control, mut treatment) = (Moments::default(), Moments::default());
    let mut look = || {
        let more = simulated(random, count, 0.0);
        (control, treatment) = (add(control, more.0), add(treatment, more.1));
        (absolute_difference(control, treatment).unwrap(), control.count + treatment.count)
    };
    (0..number).map(|_| look()).collect()
}

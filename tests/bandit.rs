//! Bandits against reference values: best-arm probabilities, and regret over 10,000 rounds.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use regulars::domain::Value;
use regulars::experiments::{Posterior, Slot, SlotState, best_arm_probabilities, with_floor};
use serde_json::{Value as Json, json};

fn reference(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn statistics() -> Json {
    reference(include_str!("vectors/experiments/stats_reference.json"))
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
    }
}

/// SciPy's quadrature, exact to 1e-10.
#[test]
fn beta_arms_are_best_as_often_as_quadrature_says() {
    let reference = statistics();
    let cases = reference["thompson_beta_best_arm"]["cases"].as_array().unwrap();
    for case in cases {
        let arm = |arm: &Json| Posterior::Beta { alpha: arm[0].as_f64().unwrap(), beta: arm[1].as_f64().unwrap() };
        let arms: Vec<Posterior> = case["alpha_beta"].as_array().unwrap().iter().map(arm).collect();
        let found = best_arm_probabilities(&arms);
        close(&found, &numbers(&case["p_best"]), 1e-10);
        close(&with_floor(&found, 0.01), &numbers(&case["weights_floor_1pct_additive"]), 1e-10);
    }
    assert_eq!(cases.len(), 6);
}

/// Arms with 1,000 units each, as gbstats sees them: a flat prior, so that the belief is the sample's mean and error.
#[test]
fn normal_arms_are_best_as_often_as_quadrature_says() {
    let reference = statistics();
    let block = &reference["thompson_gaussian_gbstats"];
    let rows = block["cases"][0]["rows_n_sum_sumsq"].as_array().unwrap();
    let arm = |row: &Json| {
        let (n, sum, squares) = (row[0].as_f64().unwrap(), row[1].as_f64().unwrap(), row[2].as_f64().unwrap());
        let variance = (squares - sum * sum / n) / (n - 1.0);
        Posterior::Gaussian { mean: sum / n, deviation: (variance / n).sqrt(), noise: variance.sqrt() }
    };
    let arms: Vec<Posterior> = rows.iter().map(arm).collect();
    let found = best_arm_probabilities(&arms);
    close(&found, &numbers(&block["exact_p_best_flat_prior"]), 1e-9);
    // gbstats draws 10,000 times: its figures lie within 4 deviations of the exact ones.
    close(&found, &numbers(&block["cases"][0]["p_best_mc10000"]), 0.02);
    close(&with_floor(&found, 0.01), &numbers(&block["cases"][0]["weights"]), 0.02);
}

struct Regret {
    mean: f64,
    error: f64,
}

/// Plays `rounds` rounds of Bernoulli arms, `runs` times.
fn simulate(arms: &[f64], rounds: u64, runs: u64) -> Regret {
    let arm = |place: usize| json!({"key": place.to_string()});
    let wire = json!({"key": "slot", "floor": 0, "arms": (0..arms.len()).map(arm).collect::<Vec<_>>()});
    let slot = Slot::compile(&serde_json::from_value::<Value>(wire).unwrap()).unwrap();
    let best = arms.iter().copied().fold(0.0, f64::max);
    let run = |run: u64| {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(run);
        let mut state = SlotState::default();
        let mut regret = 0.0;
        for _ in 0..rounds {
            let choice = slot.choose(&state, random.next_u64()).unwrap();
            let lucky = (random.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0;
            let reward = f64::from(u8::from(lucky < arms[choice.place]));
            regret += best - arms[choice.place];
            slot.reward(&mut state, &choice.arm.key, reward);
        }
        regret
    };
    let regrets: Vec<f64> = (0..runs).map(run).collect();
    let mean = regrets.iter().sum::<f64>() / runs as f64;
    let variance = regrets.iter().map(|regret| (regret - mean).powi(2)).sum::<f64>() / (runs - 1) as f64;
    Regret { mean, error: (variance / runs as f64).sqrt() }
}

/// Expected regret within four standard errors of the reference.
#[test]
fn regret_is_that_of_thompson_sampling() {
    let reference = reference(include_str!("vectors/experiments/bandit_regret_reference.json"));
    println!("{:<44}{:>8}{:>10}{:>10}{:>10}", "arms", "rounds", "regret", "reference", "uniform");
    for case in reference["cases"].as_array().unwrap() {
        let arms = numbers(&case["arms"]);
        for (rounds, runs) in [(1000, 100), (10_000, if arms.len() > 4 { 12 } else { 40 })] {
            let found = simulate(&arms, rounds, runs);
            let of = |policy: &str, name: &str| case[policy][format!("{name}_{rounds}")].as_f64().unwrap();
            let (expected, error) = (of("thompson", "regret"), of("thompson", "se"));
            println!("{:<44}{rounds:>8}{:>10.2}{expected:>10.2}{:>10.2}", format!("{arms:?}"), found.mean, of("uniform", "regret"));
            assert!((found.mean - expected).abs() < 4.0 * found.error.hypot(error), "{} instead of {expected}", found.mean);
            assert!(found.mean < of("uniform", "regret"));
        }
    }
}

//! Experiments that run by themselves on a page: redirects and visual changes.

use alloc::string::String;
use alloc::vec::Vec;

use super::experiment::Experiment;
use super::url::Url;
use super::{Evaluation, ExperimentResult};
use crate::domain::Value;
use crate::rules::ValueRef;

/// What an experiment that runs by itself does to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Some arm leads to another page.
    Redirect,
    /// Some arm changes this page.
    Visual,
}

/// Which changes a page allows.
#[derive(Clone, Copy, Debug)]
pub struct ChangePolicy<'a> {
    /// Changes of pages.
    pub visual: bool,
    /// Changes of pages by scripts.
    pub scripts: bool,
    /// Redirects.
    pub redirects: bool,
    /// Redirects to other hosts or by another protocol.
    pub cross_origin: bool,
    /// Changes, by their id, that are not made.
    pub blocked: &'a [&'a str],
    /// Keys of experiments that wait to be asked for, and were.
    pub triggered: &'a [&'a str],
}

impl Default for ChangePolicy<'_> {
    fn default() -> Self {
        ChangePolicy { visual: true, scripts: true, redirects: true, cross_origin: true, blocked: &[], triggered: &[] }
    }
}

/// An experiment that ran by itself.
#[derive(Clone, Debug)]
pub struct Automatic<'a> {
    /// Its key.
    pub experiment: &'a str,
    /// What it does.
    pub change: Change,
    /// The arm.
    pub result: ExperimentResult<'a>,
    /// Where to go, for a redirect whose arm leads elsewhere.
    pub redirect: Option<String>,
}

impl<'a> Evaluation<'a> {
    /// Runs the payload's own experiments in their order, those that a policy forbids or that wait to be asked for aside.
    /// Whoever is in a redirect experiment, in whatever arm, is in none after it.
    pub fn automatic(&mut self, policy: &ChangePolicy<'_>) -> Vec<Automatic<'a>> {
        let features = self.features;
        let mut found = Vec::new();
        for experiment in &features.experiments {
            let Some(change) = experiment.change_made().filter(|change| self.is_allowed(experiment, *change, policy)) else { continue };
            if experiment.manual && !policy.triggered.contains(&&*experiment.key) {
                continue;
            }
            let result = self.experiment(experiment);
            let ends = change == Change::Redirect && result.in_experiment;
            let redirect = if ends { self.destination(experiment, result.value) } else { None };
            found.push(Automatic { experiment: &experiment.key, change, result, redirect });
            if ends {
                break;
            }
        }
        found
    }

    fn is_allowed(&self, experiment: &Experiment, change: Change, policy: &ChangePolicy<'_>) -> bool {
        let has_script = || experiment.variations.iter().any(|arm| arm.get("js").is_some_and(|script| ValueRef::from(script).is_truthy()));
        let allowed = match change {
            Change::Visual => policy.visual && (policy.scripts || !has_script()),
            Change::Redirect => policy.redirects && self.leads_to_pages(experiment, policy),
        };
        allowed && experiment.change.as_ref().is_none_or(|id| !policy.blocked.contains(&&**id))
    }

    /// Whether all arms lead to pages, and to this host only where no other is allowed.
    fn leads_to_pages(&self, experiment: &Experiment, policy: &ChangePolicy<'_>) -> bool {
        let Some(here) = Url::parse(self.context.url) else { return false };
        let mut targets = experiment.variations.iter().filter_map(redirect_of);
        targets.all(|target| Url::parse(target).is_some_and(|target| policy.cross_origin || target.origin() == here.origin()))
    }

    /// Where the arm leads, unless that is a page the experiment runs on.
    fn destination(&self, experiment: &Experiment, arm: &Value) -> Option<String> {
        let target = redirect_of(arm)?;
        let url = if experiment.persist_query { merge_queries(self.context.url, target) } else { target.into() };
        (!experiment.pages.as_ref().is_some_and(|pages| pages.includes(&url))).then_some(url)
    }
}

impl Experiment {
    fn change_made(&self) -> Option<Change> {
        let has = |key: &str| self.variations.iter().any(|arm| arm.get(key).is_some());
        if self.pages.is_some() && has("urlRedirect") {
            return Some(Change::Redirect);
        }
        let has_dom = self.variations.iter().any(|arm| super::wire::flag(arm, "domMutations"));
        (has_dom || has("js") || has("css")).then_some(Change::Visual)
    }
}

fn redirect_of(arm: &Value) -> Option<&str> {
    super::wire::text(arm, "urlRedirect")
}

/// `target` with those parameters of `here` that it doesn't set itself.
fn merge_queries(here: &str, target: &str) -> String {
    let (Some(here), Some(mut url)) = (Url::parse(here), Url::parse(target)) else { return target.into() };
    let mut parameters = url.parameters();
    let before = parameters.len();
    for (name, value) in here.parameters() {
        if !parameters.iter().any(|(known, _)| *known == name) {
            parameters.push((name, value));
        }
    }
    if parameters.len() > before {
        url.set_parameters(&parameters);
    }
    url.href()
}

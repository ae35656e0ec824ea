//! The order of mappings in a run: links and `needs` make a graph, and a cycle in it is a mistake.

use std::collections::BTreeMap;

use super::{Direction, Plan};

/// The plans in an order in which each comes after those it stands on. Imports that no export stands on come last, for what is
/// exported may bring about what is imported (a subcontract its costs); among equals exports go first, then names decide.
pub fn run_order(plans: &[Plan]) -> Vec<usize> {
    let names: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let mut edges: Vec<Vec<usize>> =
        plans.iter().map(|plan| plan.after.iter().filter_map(|name| names.iter().position(|other| other == name)).collect()).collect();
    after_whole_pairs(plans, &mut edges);
    let awaited = stood_on_by_exports(plans, &edges);
    let mut done = vec![false; plans.len()];
    let mut order = Vec::with_capacity(plans.len());
    while order.len() < plans.len() {
        let next = (0..plans.len())
            .filter(|at| !done[*at] && edges[*at].iter().all(|before| done[*before]))
            .min_by_key(|at| (!awaited[*at], depth(*at, &edges), plans[*at].direction == Direction::Import, names[*at]));
        // Plans come from `compile`, which refuses cycles; an unknown rest would be put last rather than lost.
        let Some(next) = next.or_else(|| (0..plans.len()).find(|at| !done[*at])) else { break };
        done[next] = true;
        order.push(next);
    }
    order
}

/// Which plans are exports, or have to be done before one.
fn stood_on_by_exports(plans: &[Plan], edges: &[Vec<usize>]) -> Vec<bool> {
    let mut awaited = vec![false; plans.len()];
    let mut open: Vec<usize> = (0..plans.len()).filter(|at| plans[*at].direction == Direction::Export).collect();
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut awaited[at], true) {
            open.extend(&edges[at]);
        }
    }
    awaited
}

/// Whoever asks for links of a pair runs after each mapping that makes them, unless that one waits for it in turn.
fn after_whole_pairs(plans: &[Plan], edges: &mut [Vec<usize>]) {
    for (at, plan) in plans.iter().enumerate() {
        let pairs: Vec<&str> = plan.after.iter().map(|name| plan.pair_of(name)).filter(|pair| *pair != plan.pair).collect();
        for other in (0..plans.len()).filter(|other| *other != at && pairs.contains(&plans[*other].pair.as_str())) {
            if !edges[at].contains(&other) && !leads_to(other, at, edges) {
                edges[at].push(other);
            }
        }
    }
}

fn leads_to(from: usize, to: usize, edges: &[Vec<usize>]) -> bool {
    let (mut seen, mut open) = (vec![false; edges.len()], vec![from]);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&edges[at]);
        }
    }
    false
}

fn depth(at: usize, edges: &[Vec<usize>]) -> usize {
    fn walk(at: usize, edges: &[Vec<usize>], left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        edges[at].iter().map(|before| 1 + walk(*before, edges, left - 1)).max().unwrap_or(0)
    }
    walk(at, edges, edges.len())
}

/// A cycle among names, if there is one: each needs the next, and the last the first.
pub(super) fn cycle<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    fn visit<'a>(
        at: &'a str,
        edges: &BTreeMap<&'a str, Vec<&'a str>>,
        way: &mut Vec<&'a str>,
        clear: &mut Vec<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(from) = way.iter().position(|name| *name == at) {
            return Some(way[from..].to_vec());
        }
        if clear.contains(&at) {
            return None;
        }
        way.push(at);
        let found = edges.get(at).into_iter().flatten().find_map(|next| visit(next, edges, way, clear));
        way.pop();
        clear.push(at);
        found
    }
    let mut clear = Vec::new();
    edges.keys().find_map(|start| visit(start, edges, &mut Vec::new(), &mut clear))
}

#[cfg(test)]
mod tests {
    use super::cycle;
    use std::collections::BTreeMap;

    #[test]
    fn a_cycle_is_found_and_named() {
        let edges = BTreeMap::from([("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["b"]), ("d", vec![])]);
        assert_eq!(cycle(&edges), Some(vec!["b", "c"]));
        let edges = BTreeMap::from([("a", vec!["b", "c"]), ("b", vec!["c"]), ("c", vec![])]);
        assert_eq!(cycle(&edges), None);
    }
}

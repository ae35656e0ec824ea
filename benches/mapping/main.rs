//! How fast is the mapping step beside a program written by hand? JSON bytes to JSON bytes, two workloads, one run.
//!
//! Every engine maps the same records to the same output, compared as canonical JSON before anything is timed. At the end the
//! ratios are printed; with `CROSSWALK_BENCH_FLOOR=1` one below 1.0 ends the run with an error. See `docs/performance.md`.

mod commitment;
mod commitment_by_hand;
mod data;
mod engine;
#[cfg(feature = "peers")]
mod peer_jaq;
#[cfg(feature = "peers")]
mod peer_vrl;
mod ratio;
mod row;
mod row_by_hand;
mod same;
mod tree_by_hand;
mod wire;

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use engine::Engine;
use wire::Refused;

/// A program written by hand: the bytes of a record in, bytes for the target out.
type ByHand = Box<dyn Fn(&str, &mut Vec<u8>) -> Result<(), Refused>>;

/// Records, and the ways to map them.
pub(crate) struct Workload {
    name: &'static str,
    records: Vec<String>,
    by_hand: ByHand,
    /// Others that make the same of a record.
    peers: Vec<(&'static str, ByHand)>,
    engine: Engine,
    /// Links and tables by name.
    tables: HashMap<String, HashMap<String, String>>,
}

/// Maps one record; how many bytes came of it.
type Way<'w> = Box<dyn FnMut(&str) -> usize + 'w>;

impl Workload {
    /// The program by hand, then the engine into bytes, a draft, and a draft with its trace, then the others.
    fn ways(&self) -> Vec<(&'static str, Way<'_>)> {
        let mut text = String::new();
        let mut ways: Vec<(&'static str, Way<'_>)> = vec![
            ("by hand", way(&self.by_hand)),
            (
                "engine",
                Box::new(move |body| {
                    text.clear();
                    self.engine.bytes(body, &mut text);
                    text.len()
                }),
            ),
            ("engine, draft", Box::new(|body| self.engine.draft(body).map_or(0, |draft| draft.fields.len()))),
            ("engine, draft and trace", Box::new(|body| self.engine.trace(body).map_or(0, |(trace, _)| trace.values.len()))),
        ];
        ways.extend(self.peers.iter().map(|(name, peer)| (*name, way(peer))));
        ways
    }
}

fn way(by_hand: &ByHand) -> Way<'_> {
    let mut bytes = Vec::new();
    Box::new(move |body| {
        bytes.clear();
        by_hand(body, &mut bytes).expect("the drawn records can be mapped");
        bytes.len()
    })
}

fn workloads() -> [Workload; 2] {
    let (commitment, row) = (commitment::by_hand(), row::by_hand());
    let (commitment_tree, row_tree) = (commitment::by_hand(), row::by_hand());
    [
        Workload {
            name: "commitment",
            records: commitment::records(),
            by_hand: Box::new(move |body, into| commitment.bytes(body, into)),
            peers: peers(Box::new(move |body, into| tree_by_hand::commitment(&commitment_tree, body, into)), "subcontracts"),
            engine: commitment::engine(),
            tables: commitment::tables(),
        },
        Workload {
            name: "row",
            records: row::records(),
            by_hand: Box::new(move |body, into| row.bytes(body, into)),
            peers: peers(Box::new(move |body, into| tree_by_hand::row(&row_tree, body, into)), "cost_rows"),
            engine: row::engine(),
            tables: row::tables(),
        },
    ]
}

/// A program by hand over trees, and other engines where they are built in.
fn peers(tree: ByHand, _mapping: &str) -> Vec<(&'static str, ByHand)> {
    #[allow(unused_mut, reason = "others are pushed where they are built in")]
    let mut peers = vec![("by hand, serde_json::Value", tree)];
    #[cfg(feature = "peers")]
    {
        let (vrl, jaq, tables) = match _mapping {
            "subcontracts" => (include_str!("../peers/subcontracts.vrl"), include_str!("../peers/subcontracts.jq"), commitment::tables()),
            _ => (include_str!("../peers/cost_rows.vrl"), include_str!("../peers/cost_rows.jq"), row::tables()),
        };
        let jaq = peer_jaq::Peer::new(jaq, &tables);
        let vrl = peer_vrl::Peer::new(vrl, tables);
        peers.push(("vrl", Box::new(move |body, into| vrl.bytes(body, into))));
        peers.push(("jaq", Box::new(move |body, into| jaq.bytes(body, into))));
    }
    peers
}

fn bench(criterion: &mut Criterion, workload: &Workload) {
    let mut group = criterion.benchmark_group(workload.name);
    let bytes: usize = workload.records.iter().map(String::len).sum();
    group.throughput(Throughput::Bytes((bytes / workload.records.len()) as u64));
    for (name, mut way) in workload.ways() {
        let mut records = workload.records.iter().cycle();
        group.bench_function(name, |bencher| bencher.iter(|| records.next().map(|record| black_box(way(black_box(record))))));
    }
    group.finish();
}

fn main() -> ExitCode {
    let workloads = workloads();
    for workload in &workloads {
        same::assert_same(workload);
    }
    if let Some(folder) = std::env::var_os("CROSSWALK_BENCH_DATA") {
        data::write(Path::new(&folder), &workloads).expect("the folder can be written to");
        return ExitCode::SUCCESS;
    }
    let criterion = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(50);
    let mut criterion = criterion.configure_from_args();
    for workload in &workloads {
        bench(&mut criterion, workload);
    }
    criterion.final_summary();
    // `cargo test --benches` and profilers run a way for its own sake.
    let given: Vec<String> = std::env::args().collect();
    if !given.iter().any(|given| given == "--bench") || given.iter().any(|given| given == "--profile-time") {
        return ExitCode::SUCCESS;
    }
    let floor = std::env::var_os("CROSSWALK_BENCH_FLOOR").is_some_and(|wanted| wanted == "1");
    if ratio::print(&workloads) || !floor { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

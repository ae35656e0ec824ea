//! What do engines map that are run by hand? The records, the links, and what the program by hand makes of each, as files.

use std::fs;
use std::io;
use std::path::Path;

use crate::Workload;

/// Writes the files of all workloads into a folder.
pub(crate) fn write(folder: &Path, workloads: &[Workload]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for workload in workloads {
        let name = &workload.engine.plan.name;
        let mut expected = Vec::new();
        for record in &workload.records {
            (workload.by_hand)(record, &mut expected).expect("the drawn records can be mapped");
            expected.push(b'\n');
        }
        fs::write(folder.join(format!("{name}.ndjson")), workload.records.join("\n"))?;
        fs::write(folder.join(format!("{name}.expected.ndjson")), expected)?;
        fs::write(folder.join(format!("{name}.links.json")), serde_json::to_string(&workload.tables)?)?;
    }
    Ok(())
}

//! Settings of a world: laid over the defaults key by key, secrets in files as a person would keep them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use crosswalk::value::{Record, Value};

/// Settings over others, key by key.
pub(crate) fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Record(below), Value::Record(above)) => {
            for (name, value) in above.iter() {
                let mut inner = below.get(name).cloned().unwrap_or_else(|| Record::new().into());
                lay_over(&mut inner, value);
                below.set(name, inner);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// A secret in a file, as the settings name it. The file is written once for all threads.
pub(super) fn secret(name: &str, text: &str) -> String {
    static WRITTEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    // Examples have no folder of their own.
    let folder = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("{name}-{}.secret", std::process::id()));
    let told = format!("file:{}", file.display());
    let mut written = WRITTEN.lock().unwrap();
    if written.get(&file).map(String::as_str) != Some(text) {
        std::fs::write(&file, text).unwrap();
        written.insert(file, text.to_owned());
    }
    told
}

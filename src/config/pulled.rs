//! What was pulled from an instance, as files that a partner commits.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::acting::Lacking;
use crate::contract::{AdHoc, Customs, Description, Instance, MOST_BYTES, Unreadable, definitions, listed};
use crate::schema::Endpoint;

/// Files by their paths below the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    files: BTreeMap<String, String>,
}

const ENDPOINTS: &str = "acumatica/endpoints.json";
const SWAGGER: &str = "acumatica/swagger";
const AD_HOC: &str = "acumatica/adhoc/";
const CUSTOM_FIELDS: &str = "procore/custom_fields.json";

impl Pulled {
    /// The endpoints that the instance lists, and its build.
    pub(super) fn endpoints(&mut self, build: Option<&str>, listed: &[(String, String)]) {
        let mut listed = listed.to_vec();
        listed.sort();
        let rows: Vec<Json> = listed.iter().map(|(name, version)| json!({"name": name, "version": version})).collect();
        self.put(ENDPOINTS.to_owned(), &json!({"version": {"acumaticaBuildVersion": build}, "endpoints": rows}));
    }

    /// The contract of an endpoint; the usual one has the plain name.
    pub(super) fn contract(&mut self, endpoint: &Endpoint, is_usual: bool, json: &Json) {
        let name = match is_usual {
            true => format!("{SWAGGER}.json"),
            false => format!("{SWAGGER}.{}.{}.json", plain(&endpoint.name), plain(&endpoint.version)),
        };
        self.put(name, json);
    }

    /// What an entity has beside its contract.
    pub(super) fn ad_hoc(&mut self, entity: &str, json: &Json) {
        self.put(format!("{AD_HOC}{}.json", plain(entity)), json);
    }

    /// The custom fields of the company at Procore.
    pub(super) fn custom_fields(&mut self, json: &Json) {
        self.put(CUSTOM_FIELDS.to_owned(), json);
    }

    /// Members stand in the order of their names, so that only what changed shows in a comparison.
    fn put(&mut self, path: String, json: &Json) {
        let text = serde_json::to_string_pretty(json).unwrap_or_default();
        self.files.insert(path, format!("{text}\n"));
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Reads a folder that was pulled.
    ///
    /// # Errors
    /// A folder that holds no pull, a file that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Lacking> {
        let mut pulled = Self::default();
        for below in ["acumatica", "acumatica/adhoc", "procore"] {
            let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
            for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let text = limited(&path)?;
                pulled.files.insert(format!("{below}/{name}"), text);
            }
        }
        if pulled.files.keys().any(|path| path.starts_with(SWAGGER)) {
            return Ok(pulled);
        }
        Err(Lacking {
            message: format!("{} holds no description of an instance", folder.display()),
            help: "`crosswalk schema pull --into DIR` makes such a folder".to_owned(),
        })
    }

    /// Writes the folder: all of it or nothing. What was pulled before makes way; a folder with other things in it is left alone.
    ///
    /// # Errors
    /// A folder with other things in it, a disk that does not take it.
    pub fn write(&self, folder: &Path) -> Result<(), Lacking> {
        let wrong = |path: &Path, problem: &std::io::Error| Lacking {
            message: format!("{} cannot be written: {problem}", path.display()),
            help: "nothing was changed; name another folder with `--into DIR`".to_owned(),
        };
        if let Some(other) = strange(folder) {
            return Err(Lacking {
                message: format!("{} holds something else than a pull: `{other}`", folder.display()),
                help: "name a folder of its own with `--into DIR`".to_owned(),
            });
        }
        let (new, old) = (beside(folder, "new"), beside(folder, "old"));
        let _ = fs::remove_dir_all(&new);
        let written = self.files.iter().try_for_each(|(path, text)| {
            let path = new.join(path);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, text)
        });
        if let Err(problem) = written {
            let _ = fs::remove_dir_all(&new);
            return Err(wrong(&new, &problem));
        }
        let _ = fs::remove_dir_all(&old);
        if folder.exists() {
            fs::rename(folder, &old).map_err(|problem| wrong(folder, &problem))?;
        }
        if let Err(problem) = fs::rename(&new, folder) {
            let _ = fs::rename(&old, folder);
            return Err(wrong(folder, &problem));
        }
        let _ = fs::remove_dir_all(&old);
        Ok(())
    }

    /// What these files say of the instance. `usual` is the endpoint of what has none of its own, where settings name one;
    /// `shown` is what a person calls the folder.
    ///
    /// # Errors
    /// A file that does not say what it should, with its place.
    pub fn instance(&self, usual: Option<&Endpoint>, shown: &Path) -> Result<Instance, Lacking> {
        let at = |path: &str, problem| unreadable(&shown.join(path), problem);
        let mut first = None;
        let (mut descriptions, mut ad_hoc) = (Vec::new(), BTreeMap::new());
        for (path, text) in &self.files {
            if path.starts_with(SWAGGER) {
                let description = Description::read(text).map_err(|problem| at(path, problem))?;
                if *path == format!("{SWAGGER}.json") {
                    first = Some(description.endpoint.clone());
                }
                descriptions.push(description);
            } else if let Some(entity) = path.strip_prefix(AD_HOC).and_then(|name| name.strip_suffix(".json")) {
                ad_hoc.insert(entity.to_owned(), AdHoc::read(text).map_err(|problem| at(path, problem))?);
            }
        }
        let listed = self.files.get(ENDPOINTS).map(|text| listed(text).map_err(|problem| at(ENDPOINTS, problem))).transpose()?;
        let defined = self.files.get(CUSTOM_FIELDS).map(|text| definitions(text).map_err(|problem| at(CUSTOM_FIELDS, problem)));
        let known = usual.filter(|usual| descriptions.iter().any(|description| description.endpoint == **usual)).cloned();
        let usual = known.or(first).or(usual.cloned()).unwrap_or_default();
        Ok(Instance { usual, listed, descriptions, ad_hoc, definitions: defined.transpose()?, customs: Customs::Told })
    }
}

/// Reads the description of an endpoint from a file, however large somebody has made it.
///
/// # Errors
/// A file that cannot be read, is too large, or does not say what it should.
pub fn description_file(path: &Path) -> Result<Description, Lacking> {
    Description::read(&limited(path)?).map_err(|problem| unreadable(path, problem))
}

/// Why a file does not say what it should, with its place.
fn unreadable(path: &Path, problem: Unreadable) -> Lacking {
    let place = problem.at.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    Lacking { message: format!("{}{place}: {}", path.display(), problem.message), help: problem.help }
}

/// The text of a file that is not larger than any description is.
fn limited(path: &Path) -> Result<String, Lacking> {
    let wrong =
        |problem: String, help: &str| Lacking { message: format!("{} cannot be read: {problem}", path.display()), help: help.to_owned() };
    let file = fs::File::open(path).map_err(|problem| wrong(problem.to_string(), "name the file that the instance gave"))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|problem| wrong(problem.to_string(), "name a file"))?;
    if bytes.len() as u64 > MOST_BYTES {
        let megabytes = MOST_BYTES / 1024 / 1024;
        return Err(wrong(format!("it has more than {megabytes} MB"), "a description has a few: look at what was saved there"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("it is not text".to_owned(), "save the answer as it came, as UTF-8"))
}

/// Something in a folder that no pull has put there.
fn strange(folder: &Path) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?;
    let mut names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.find(|name| !["acumatica", "procore"].contains(&name.as_str()))
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    folder.with_file_name(name)
}

/// A name as a part of a file's: no separator gets into it.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_alphanumeric() || ['.', '_', '-'].contains(&letter) { letter } else { '_' }).collect()
}

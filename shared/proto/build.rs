//! Compiles `proto/` without protoc: messages, clients, servers, field checks, and what the suite knows of every call
//! that changes something.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost_reflect::{DescriptorPool, MessageDescriptor};

const ROOT: &str = "../../proto";
const THIRD_PARTY: &str = "../../third_party/proto";

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folder this way")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={ROOT}");
    println!("cargo:rerun-if-changed={THIRD_PARTY}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Vec::new();
    collect(Path::new(ROOT), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([ROOT, THIRD_PARTY])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    // the encoded set keeps the buf.validate options that the typed one loses
    let bytes = compiler.encode_file_descriptor_set();
    fs::write(out.join("descriptors.bin"), &bytes)?;

    tonic_prost_build::configure()
        // so that a stand-in writes down only what it is asked; tests/tests/contract.rs finds a call nobody answers
        .generate_default_stubs(true)
        .extern_path(".buf.validate", "::prost_protovalidate::types")
        .compile_fds(compiler.file_descriptor_set())?;
    prost_protovalidate_build::Builder::new()
        .file_descriptor_set_bytes(bytes.clone())
        .fail_on_runtime_only(true)
        .compile()?;

    let pool = DescriptorPool::decode(bytes.as_slice())?;
    fs::write(out.join("request_traits.rs"), mutating(&pool)? + &paged(&pool)? + &without_fields(&pool)?)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

/// `impl Mutating` for every request that carries a request id.
fn mutating(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for message in pool.all_messages().filter(|message| message.get_field_by_name("request_id").is_some()) {
        if !message.name().ends_with("Request") {
            continue;
        }
        let validate_only =
            if message.get_field_by_name("validate_only").is_some() { "self.validate_only" } else { "false" };
        writeln!(
            code,
            "impl crate::Mutating for {} {{ fn request_id(&self) -> &str {{ &self.request_id }} fn validate_only(&self) -> bool {{ {validate_only} }} }}",
            rust_path(&message)
        )?;
    }
    Ok(code)
}

/// `impl Paged` for every request that asks for a page.
fn paged(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for message in pool.all_messages().filter(|message| {
        message.name().ends_with("Request") && message.get_field_by_name("page_token").is_some()
    }) {
        let path = rust_path(&message);
        writeln!(
            code,
            "impl crate::Paged for {path} {{ fn page_size(&self) -> i32 {{ self.page_size }} fn page_token(&self) -> &str {{ &self.page_token }} fn without_page(&self) -> Self {{ Self {{ page_size: 0, page_token: String::new(), ..self.clone() }} }} }}",
        )?;
    }
    Ok(code)
}

/// Requests without fields have no rules, and the generator passes them over.
fn without_fields(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for message in pool.all_messages().filter(|message| {
        message.full_name().starts_with("hengji.")
            && message.name().ends_with("Request")
            && message.fields().len() == 0
    }) {
        writeln!(
            code,
            "impl ::prost_protovalidate::Validate for {} {{ fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {{ Ok(()) }} }}",
            rust_path(&message)
        )?;
    }
    Ok(code)
}

fn rust_path(message: &MessageDescriptor) -> String {
    format!("{}::{}", message.package_name().replace('.', "::"), message.name())
}

//! Tests of variables that change what a function does.

use super::*;
use proptest::prelude::*;

#[test]
fn variables_that_change_code_or_traffic_are_known() {
    for name in [
        "AWS_LAMBDA_EXEC_WRAPPER",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "NODE_OPTIONS",
        "NODE_PATH",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "BASH_ENV",
        "PERL5OPT",
        "PERL5LIB",
        "RUBYOPT",
        "RUBYLIB",
        "GEM_PATH",
        "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "CLASSPATH",
        "DOTNET_STARTUP_HOOKS",
        "CORECLR_PROFILER",
        "CORECLR_PROFILER_PATH_64",
        "DOTNET_ADDITIONAL_DEPS",
    ] {
        assert_eq!(injects(name, "-r /tmp/x::a.b").map(|v| v.reach), Some(Reach::Code), "{name}");
    }
    for name in [
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "HTTPS_PROXY",
        "https_proxy",
        "AWS_CA_BUNDLE",
    ] {
        let reach = injects(name, "http://192.0.2.1").map(|v| v.reach);
        assert_eq!(reach, Some(Reach::Traffic), "{name}");
    }
}

#[test]
fn other_variables_are_left_alone() {
    for name in [
        "",
        "ENV",
        "STAGE",
        "PYTHONINSPECT",
        "NO_PROXY",
        "MY_LD_PRELOAD",
        "node_options",
        "LD_PRELOAD_X",
        "AWS_REGION",
    ] {
        assert_eq!(injects(name, "/tmp/x"), None, "{name}");
    }
}

#[test]
fn what_tools_ask_for_is_allowed_to_the_letter() {
    for known in KNOWN {
        assert_eq!(injects(known.name, known.value), None, "{}", known.value);
        let longer = format!("{}x", known.value);
        assert!(injects(known.name, &longer).is_some(), "{longer}");
        assert!(variable(known.name).is_some());
    }
    assert!(injects("LD_PRELOAD", "/opt/bootstrap").is_some());
    assert!(injects("AWS_LAMBDA_EXEC_WRAPPER", "/tmp/bootstrap").is_some());
}

#[test]
fn values_that_load_nothing_new_are_harmless() {
    for (name, value) in [
        ("NODE_OPTIONS", "--enable-source-maps --max-old-space-size=1024"),
        ("JAVA_TOOL_OPTIONS", "-XX:+TieredCompilation -XX:TieredStopAtLevel=1"),
        ("PYTHONPATH", "/var/task/lib:/opt/python"),
        ("LD_LIBRARY_PATH", "/lib64:/usr/lib64:/var/runtime/lib:/opt/lib"),
        ("PATH", "/opt/bin:/usr/local/bin:/usr/bin:/bin"),
        ("PYTHONWARNINGS", "ignore::DeprecationWarning,default"),
        ("PYTHONBREAKPOINT", "0"),
        ("CORECLR_ENABLE_PROFILING", "0"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "1"),
        ("LD_PRELOAD", ""),
    ] {
        assert_eq!(injects(name, value), None, "{name} {value}");
    }
}

#[test]
fn values_that_load_something_are_not() {
    for (name, value) in [
        ("NODE_OPTIONS", "--enable-source-maps --require /tmp/x.js"),
        ("NODE_OPTIONS", "--import=data:text/javascript,1"),
        ("NODE_OPTIONS", "--no-warnings-r=/tmp/x"),
        ("NODE_OPTIONS", "--max-old-space-size=/tmp/x"),
        ("NODE_OPTIONS", "--inspect=0.0.0.0:9229"),
        ("JAVA_TOOL_OPTIONS", "-XX:+TieredCompilation -javaagent:/tmp/a.jar"),
        ("JAVA_TOOL_OPTIONS", "-XX:OnOutOfMemoryError=x"),
        ("JAVA_TOOL_OPTIONS", "@/tmp/options"),
        ("PYTHONPATH", "/var/task:/tmp"),
        ("PYTHONPATH", "/opt/../tmp"),
        ("PYTHONPATH", "/optional"),
        ("PYTHONPATH", "/opt:"),
        ("PYTHONPATH", "lib"),
        ("PYTHONWARNINGS", "all:0:antigravity.x:0:0"),
        ("PYTHONBREAKPOINT", "os.system"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        ("RUBYOPT", "-W0 -r/tmp/x"),
        ("LD_PRELOAD", "/opt/lib/x.so"),
    ] {
        assert!(injects(name, value).is_some(), "{name} {value}");
    }
}

#[test]
fn every_variable_stands_once_and_says_why_and_where() {
    for (at, variable) in TABLE.iter().enumerate() {
        assert!(variable.source.starts_with("https://"), "{variable:?}");
        assert!(!variable.why.is_empty() && !variable.why.ends_with('.'), "{variable:?}");
        assert!(TABLE[at + 1..].iter().all(|other| other.name != variable.name), "{variable:?}");
    }
    for known in KNOWN {
        assert!(known.source.starts_with("https://") && !known.tool.is_empty());
    }
}

proptest! {
    #[test]
    fn a_directory_that_the_function_can_write_is_never_harmless(
        before in "(/opt/[a-z/]{0,10}:){0,3}", inside in "[a-z/.]{0,20}", after in "(:/var/task){0,2}",
    ) {
        for name in ["PYTHONPATH", "LD_LIBRARY_PATH", "NODE_PATH", "PATH", "CLASSPATH"] {
            let value = format!("{before}/tmp{inside}{after}");
            prop_assert!(injects(name, &value).is_some(), "{name} {value}");
        }
    }

    #[test]
    fn no_value_makes_it_panic(name in ".{0,40}", value in any::<String>()) {
        let _ = injects(&name, &value);
        for variable in ["NODE_OPTIONS", "PYTHONPATH", "PYTHONWARNINGS", "AWS_LAMBDA_EXEC_WRAPPER"] {
            let _ = injects(variable, &value);
        }
    }
}

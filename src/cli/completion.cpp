// src/cli/completion.cpp
#include "completion.h"

#include <fmt/core.h>

#include <functional>
#include <vector>

#include "platter/base/error.h"

namespace platter::cli {

namespace {

struct Option {
  std::vector<std::string> names;  // "-f", "--foreground"
  std::string meaning;
};

struct Verb {
  std::string name;
  std::string meaning;
  std::vector<Option> options;
  std::vector<Verb> verbs;  // below it
};

Verb read_verb(const CLI::App& app) {
  Verb verb{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    Option read{{}, option->get_description()};
    for (const std::string& name : option->get_snames()) {
      read.names.push_back("-" + name);
    }
    for (const std::string& name : option->get_lnames()) {
      read.names.push_back("--" + name);
    }
    if (!read.names.empty()) verb.options.push_back(std::move(read));
  }
  for (const CLI::App* below : app.get_subcommands({})) {
    verb.verbs.push_back(read_verb(*below));
  }
  return verb;
}

// Calls `visit` for each verb below `top`, with the names that lead to it:
// "project add".
void for_each_verb(const Verb& top, const std::string& path,
                   const std::function<void(const std::string& path,
                                            const Verb& verb)>& visit) {
  for (const Verb& verb : top.verbs) {
    const std::string whole = path.empty() ? verb.name : path + " " + verb.name;
    visit(whole, verb);
    for_each_verb(verb, whole, visit);
  }
}

// In single quotes, for any of the three.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
    } else {
      result += letter;
    }
  }
  return result + "'";
}

std::string words_of(const Verb& verb) {
  std::string words;
  for (const Verb& below : verb.verbs) words += below.name + " ";
  for (const Option& option : verb.options) {
    for (const std::string& name : option.names) words += name + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

std::string bash_script(const Verb& top) {
  std::string cases =
      fmt::format("    '') words={} ;;\n", quoted(words_of(top)));
  for_each_verb(top, "", [&](const std::string& path, const Verb& verb) {
    cases += fmt::format("    {}) words={} ;;\n", quoted(path),
                         quoted(words_of(verb)));
  });
  std::string with_verbs;
  for (const Verb& verb : top.verbs) {
    if (verb.verbs.empty()) continue;
    with_verbs += (with_verbs.empty() ? "" : "|") + verb.name;
  }
  return fmt::format(R"(# bash completion of platter: source it, or put it in
# ~/.local/share/bash-completion/completions/platter
_platter() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} path= words= i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      -*) continue ;;
    esac
    path=${{path:+$path }}${{COMP_WORDS[i]}}
    case $path in
      {}) ;;
      *) break ;;
    esac
  done
  case $path in
{}    {}) ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ -n $path && $word != -* ]]; then
    mapfile -t -O ${{#COMPREPLY[@]}} COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _platter platter
)",
                     with_verbs, cases, "*");
}

// "name:meaning", as _describe takes it.
std::string described(const std::string& name, const std::string& meaning) {
  std::string text;
  for (const char letter : name) {
    if (letter == ':') text += '\\';
    text += letter;
  }
  return quoted(text + ":" + meaning);
}

std::string zsh_lists(const Verb& verb) {
  std::string text = "verbs=(";
  for (const Verb& below : verb.verbs) {
    text += " " + described(below.name, below.meaning);
  }
  text += " ); options=(";
  for (const Option& option : verb.options) {
    for (const std::string& name : option.names) {
      text += " " + described(name, option.meaning);
    }
  }
  return text + " )";
}

std::string zsh_script(const Verb& top) {
  std::string cases = fmt::format("    '') {} ;;\n", zsh_lists(top));
  for_each_verb(top, "", [&](const std::string& path, const Verb& verb) {
    cases += fmt::format("    {}) {} ;;\n", quoted(path), zsh_lists(verb));
  });
  std::string with_verbs;
  for (const Verb& verb : top.verbs) {
    if (verb.verbs.empty()) continue;
    with_verbs += (with_verbs.empty() ? "" : "|") + verb.name;
  }
  return fmt::format(R"(#compdef platter
# zsh completion of platter: put it in a folder of $fpath, as _platter
_platter() {{
  local -a verbs options
  local path_of= i
  for ((i = 2; i < CURRENT; ++i)); do
    [[ $words[i] == -* ]] && continue
    path_of=${{path_of:+$path_of }}$words[i]
    [[ $path_of == ({}) ]] || break
  done
  case $path_of in
{}  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe option options
  else
    (( $#verbs )) && _describe verb verbs
    [[ -n $path_of ]] && _files
  fi
}}
_platter "$@"
)",
                     with_verbs.empty() ? "''" : with_verbs, cases);
}

std::string fish_options(const Verb& verb, const std::string& condition) {
  std::string lines;
  for (const Option& option : verb.options) {
    std::string names;
    for (const std::string& name : option.names) {
      names += name.starts_with("--") ? " -l " + name.substr(2)
                                      : " -s " + name.substr(1);
    }
    lines += fmt::format("complete -c platter -n {}{} -d {}\n",
                         quoted(condition), names, quoted(option.meaning));
  }
  return lines;
}

std::string fish_script(const Verb& top) {
  std::string script =
      "# fish completion of platter: put it in\n"
      "# ~/.config/fish/completions/platter.fish\n" +
      fish_options(top, "__fish_use_subcommand");
  for (const Verb& verb : top.verbs) {
    const std::string seen = "__fish_seen_subcommand_from " + verb.name;
    script += fmt::format(
        "complete -c platter -n __fish_use_subcommand -f -a {} -d {}\n",
        verb.name, quoted(verb.meaning));
    script += fish_options(verb, seen);
    for (const Verb& below : verb.verbs) {
      script += fmt::format("complete -c platter -n {} -f -a {} -d {}\n",
                            quoted(seen), below.name, quoted(below.meaning));
      script += fish_options(
          below, seen + "; and __fish_seen_subcommand_from " + below.name);
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const Verb top = read_verb(app);
  if (shell == "bash") return bash_script(top);
  if (shell == "zsh") return zsh_script(top);
  if (shell == "fish") return fish_script(top);
  throw Error(Errc::invalid, "completion is there for bash, zsh and fish; \"" +
                                 shell + "\" is none of them");
}

}  // namespace platter::cli

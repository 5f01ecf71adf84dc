// Renders a chart as helm does, for the tests: Go's own templates, the same library of functions, and the few that helm adds.
// What it has not: lookup, tpl, dependencies, hooks, and the checks of a real release.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run render.go CHART RELEASE NAMESPACE < values.json
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

type files struct{ chart string }

// Get reads a file of the chart; helm gives nothing for one that is not there.
func (f files) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(f.chart, name))
	if err != nil {
		return ""
	}
	return string(text)
}

func main() {
	if err := render(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(chart, release, namespace string) error {
	values, err := valuesOf(chart, os.Stdin)
	if err != nil {
		return err
	}
	about := map[string]interface{}{}
	if err := readYAML(filepath.Join(chart, "Chart.yaml"), &about); err != nil {
		return err
	}
	given := map[string]interface{}{
		"Values":  values,
		"Files":   files{chart},
		"Chart":   map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": map[string]interface{}{"Name": release, "Namespace": namespace, "Service": "Helm"},
	}
	whole, names, err := parse(chart)
	if err != nil {
		return err
	}
	for _, name := range names {
		fmt.Printf("---\n# Source: %s\n", name)
		if err := whole.ExecuteTemplate(os.Stdout, name, given); err != nil {
			return err
		}
		fmt.Println()
	}
	return nil
}

func valuesOf(chart string, given io.Reader) (map[string]interface{}, error) {
	values, over := map[string]interface{}{}, map[string]interface{}{}
	if err := readYAML(filepath.Join(chart, "values.yaml"), &values); err != nil {
		return nil, err
	}
	if err := json.NewDecoder(given).Decode(&over); err != nil {
		return nil, err
	}
	lay(values, over)
	return values, nil
}

// What is given wins; maps are laid over each other, all else takes the place of what was there.
func lay(under, over map[string]interface{}) {
	for name, value := range over {
		below, isMap := under[name].(map[string]interface{})
		if above, both := value.(map[string]interface{}); isMap && both {
			lay(below, above)
			continue
		}
		under[name] = value
	}
}

func parse(chart string) (*template.Template, []string, error) {
	whole := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, given interface{}) (string, error) {
		var text bytes.Buffer
		err := whole.ExecuteTemplate(&text, name, given)
		return text.String(), err
	}
	functions["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	functions["required"] = func(why string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(why)
		}
		return value, nil
	}
	whole.Funcs(functions)
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return nil, nil, err
	}
	names := []string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		name := filepath.Base(path)
		if _, err := whole.New(name).Parse(string(text)); err != nil {
			return nil, nil, err
		}
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	return whole, names, nil
}

func readYAML(path string, into interface{}) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}

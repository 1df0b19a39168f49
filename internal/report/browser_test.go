package report

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var (
	needBrowser = flag.Bool("need-browser", false, "fail where there is no Chromium, instead of leaving out the tests that need one")
	axe         = flag.String("axe", "", "axe.min.js of axe-core: hold the page to its rules of accessibility")
	shots       = flag.String("shots", "", "write pictures of the page into this directory")
)

// browserTime bounds one test in a browser on a busy machine.
const browserTime = 3 * time.Minute

// browser starts Chromium, or leaves the test out in words.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		if *needBrowser {
			t.Fatal("there is no Chromium here")
		}
		t.Skip("there is no Chromium here: the page is not tried in a browser (apt-get install chromium)")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(browserTime))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*browserTime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return ctx
}

// A tab is a page of the browser and everything it complained about or asked for.
type tab struct {
	context.Context
	t   *testing.T
	mu  sync.Mutex
	bad []string
}

// open shows a page that stands in a file.
func open(t *testing.T, in context.Context, text []byte, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(in)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, browserTime)
	t.Cleanup(cancel)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	own := (&url.URL{Scheme: "file", Path: file}).String()
	tab := &tab{Context: ctx, t: t}
	tab.run(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), command(runtime.Enable, cdp.Empty{}))
	if err := chromedp.Listen(ctx, func(event any) { tab.hear(event, own) }); err != nil {
		t.Fatal(err)
	}
	tab.run(append(before, chromedp.Navigate(own))...)
	return tab
}

// command is an action that is nothing but a command of the protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// hear notes what a page must not do.
func (tab *tab) hear(event any, own string) {
	said := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Request.URL != own {
			said = "asks for " + e.Request.URL
		}
	case *runtime.EventExceptionThrown:
		said = "throws " + e.ExceptionDetails.Text + ": " + e.ExceptionDetails.Exception.Description
	case *runtime.EventConsoleAPICalled:
		said = fmt.Sprintf("writes to the console: %s", e.Args[0].Value)
	case *log.EventEntryAdded:
		said = "is logged: " + e.Entry.Text
	case *cdppage.EventJavascriptDialogOpening:
		said = "opens a dialog: " + e.Message
	}
	if said != "" {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		tab.bad = append(tab.bad, said)
	}
}

func (tab *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab, actions...); err != nil {
		tab.t.Fatal(err)
	}
}

// evaluate returns what an expression comes to in the page.
func evaluate[T any](tab *tab, expression string, options ...chromedp.EvaluateOption) T {
	tab.t.Helper()
	result, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		tab.t.Fatalf("%.200s: %v", expression, err)
	}
	return result
}

// inMedia is an action that shows the page as a medium and a colour scheme would.
func inMedia(medium, scheme string) chromedp.Action[chromedp.Void] {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// quiet fails for everything the page did that it must not.
func (tab *tab) quiet() {
	tab.t.Helper()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, said := range tab.bad {
		tab.t.Errorf("the page %.500s", said)
	}
}

// blank lists the charts on which nothing is drawn.
const blank = `[...document.querySelectorAll("canvas[data-chart]")].filter((canvas) => {
	const { width, height } = canvas;
	if (width === 0 || height === 0 || canvas.offsetParent === null) return true;
	const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
	const colours = new Set();
	for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 200) colours.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
	return colours.size < 3;
}).map((canvas) => canvas.dataset.chart)`

// The page in a real browser.
func TestBrowser(t *testing.T) {
	in := browser(t)
	usualReport, usualRun := usual()
	text := pageOf(t, usualReport, usualRun)
	t.Run("charts are drawn", func(t *testing.T) {
		tab := open(t, in, text)
		if n := evaluate[int](tab, `document.querySelectorAll("canvas[data-chart]").length`); n < 10 {
			t.Errorf("%d charts", n)
		}
		if empty := evaluate[[]string](tab, blank); len(empty) > 0 {
			t.Errorf("nothing is drawn of %v", empty)
		}
		tab.quiet()
	})
	t.Run("dark, printed and light again", func(t *testing.T) { inColours(open(t, in, text)) })
	t.Run("columns are sorted", func(t *testing.T) { sorts(open(t, in, text)) })
	t.Run("filters", func(t *testing.T) { filters(open(t, in, text)) })
	t.Run("narrow", func(t *testing.T) {
		for name, text := range map[string][]byte{"usual": text, "hostile": hostilePage(t)} {
			tab := open(t, in, text, chromedp.EmulateViewport(400, 800))
			if wide := evaluate[int](tab, `document.documentElement.scrollWidth`); wide > 400 {
				t.Errorf("%s: %d pixels wide on a screen of 400", name, wide)
			}
			tab.quiet()
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		withoutScripts(open(t, in, text, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})))
	})
	t.Run("hostile", func(t *testing.T) { attackedPage(open(t, in, hostilePage(t))) })
	t.Run("nothing", func(t *testing.T) { open(t, in, pageOf(t, New(), Run{})).quiet() })
	t.Run("accessible", func(t *testing.T) { accessible(t, in) })
	if *shots != "" {
		t.Run("pictures", func(t *testing.T) { pictures(t, in) })
	}
}

func hostilePage(t *testing.T) []byte {
	r, run := hostile()
	return pageOf(t, r, run)
}

// inColours looks at the page in the other colours that it has.
func inColours(tab *tab) {
	ground := `getComputedStyle(document.body).backgroundColor`
	light := evaluate[string](tab, ground)
	tab.run(inMedia("", "dark"))
	if dark := evaluate[string](tab, ground); dark == light {
		tab.t.Errorf("dark is %s as light is", dark)
	}
	if empty := evaluate[[]string](tab, blank); len(empty) > 0 {
		tab.t.Errorf("in the dark nothing is drawn of %v", empty)
	}
	tab.run(inMedia("print", "dark"))
	if print := evaluate[string](tab, ground); print != light {
		tab.t.Errorf("printed on %s", print)
	}
	if evaluate[bool](tab, `document.querySelector("nav").offsetParent !== null`) {
		tab.t.Error("links to sections are printed")
	}
	tab.quiet()
}

// sorts sorts by a click and by the keyboard.
func sorts(tab *tab) {
	const head = "#merchants thead th:nth-child(2)"
	listings := func() []int {
		return evaluate[[]int](tab, `[...document.querySelectorAll("#merchants tbody tr:not(.others)")].map((row) => Number(row.cells[1].dataset.value))`)
	}
	tab.run(chromedp.Click(chromedp.CSS(head + " button")))
	falling := listings()
	if slices.Reverse(falling); !slices.IsSorted(falling) || len(falling) < 2 {
		tab.t.Errorf("after a click, from the end: %v", falling)
	}
	tab.run(chromedp.Focus(chromedp.CSS(head+" button")), chromedp.KeyEvent(kb.Enter))
	if rising := listings(); !slices.IsSorted(rising) {
		tab.t.Errorf("after Enter: %v", rising)
	}
	if way := evaluate[string](tab, fmt.Sprintf(`document.querySelector(%q).getAttribute("aria-sort")`, head)); way != "ascending" {
		tab.t.Errorf("aria-sort is %q", way)
	}
	if last := evaluate[bool](tab, `document.querySelector("#merchants tbody").lastElementChild.classList.contains("others")`); !last {
		tab.t.Error("the others do not stand last")
	}
	tab.run(chromedp.Click(chromedp.CSS("#codes thead th:nth-child(1) button")))
	if names := evaluate[[]string](tab, `[...document.querySelectorAll("#codes tbody")].map((row) => row.dataset.label.toUpperCase())`); !slices.IsSorted(names) {
		tab.t.Errorf("findings by name: %v", names)
	}
	tab.quiet()
}

// filters uses each filter and takes all back.
func filters(tab *tab) {
	shown := func() int {
		return evaluate[int](tab, `[...document.querySelectorAll("#listings tbody tr")].filter((row) => row.offsetParent !== null).length`)
	}
	all := shown()
	tab.run(chromedp.Click(chromedp.CSS(`input[name=outcome][value=reject]`)))
	if some := shown(); some >= all || evaluate[bool](tab, `[...document.querySelectorAll("#listings [data-outcome=reject]")].some((row) => row.offsetParent !== null)`) {
		tab.t.Errorf("without rejected ones %d of %d are shown", some, all)
	}
	tab.run(chromedp.Click(chromedp.CSS("#filter-clear")), chromedp.SendKeys(chromedp.CSS("#filter-text"), "brand 7"))
	if some := shown(); some >= all || some == 0 {
		tab.t.Errorf("of one brand %d of %d are shown", some, all)
	}
	if said := evaluate[string](tab, `document.querySelector("#filter-count").textContent`); !strings.Contains(said, "are shown") {
		tab.t.Errorf("said %q", said)
	}
	tab.run(chromedp.Click(chromedp.CSS("#filter-clear")), chromedp.SetValue(chromedp.CSS("#filter-code"), "CODE_3"), chromedp.Evaluate[chromedp.Void](`document.querySelector("#filter-code").dispatchEvent(new Event("input", {bubbles: true}))`))
	if rows := evaluate[int](tab, `[...document.querySelectorAll("#codes tbody")].filter((row) => row.offsetParent !== null).length`); rows != 1 {
		tab.t.Errorf("%d findings are shown of one", rows)
	}
	tab.run(chromedp.Click(chromedp.CSS("#filter-clear")), chromedp.Click(chromedp.CSS("#merchants tbody th button")))
	if some := shown(); some >= all {
		tab.t.Errorf("of one merchant %d of %d are shown", some, all)
	}
	tab.run(chromedp.Click(chromedp.CSS("#filter-clear")))
	if again := shown(); again != all {
		tab.t.Errorf("%d are shown again, of %d", again, all)
	}
	tab.quiet()
}

// withoutScripts holds that all is there to read, and nothing that would not work.
func withoutScripts(tab *tab) {
	visible, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		tab.t.Fatal(err)
	}
	for _, want := range []string{"CODE_3", "brand 7", "Some Ltd", "letter of authorization", "median", "book"} {
		if !strings.Contains(visible, want) {
			tab.t.Errorf("%q cannot be read", want)
		}
	}
	if evaluate[bool](tab, `document.querySelector(".filters").offsetParent !== null || [...document.querySelectorAll(".chart")].some((box) => box.offsetParent !== null)`) {
		tab.t.Error("filters or empty charts are shown")
	}
}

// attackedPage holds that texts are nothing but texts.
func attackedPage(tab *tab) {
	tab.run(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => d.open = true)`))
	if attacked := evaluate[bool](tab, `"attacked" in window || document.scripts.length !== 2 || document.querySelector("img, iframe, base, main script, [onload], [onerror]") !== null`); attacked {
		tab.t.Error("an attack ran")
	}
	if empty := evaluate[[]string](tab, blank); len(empty) > 0 {
		tab.t.Errorf("nothing is drawn of %v", empty)
	}
	text := evaluate[string](tab, `document.body.innerText`)
	for _, want := range []string{"window.attacked=1</script>", "=cmd|' /C calc'!A0", "U+202E", "U+001B", "متجر <b>النيل</b>"} {
		if !strings.Contains(text, want) {
			tab.t.Errorf("%q is not shown as text", want)
		}
	}
	if strings.ContainsAny(text, "\u202e\u2066\x1b\u2028") {
		tab.t.Error("characters that turn or hide text are shown as they are")
	}
	tab.quiet()
}

// accessible holds the page to the rules of axe-core, light and dark: a page of few listings, for every node takes its time.
func accessible(t *testing.T, in context.Context) {
	if *axe == "" {
		t.Skip("no axe-core was given (-axe axe.min.js)")
	}
	rules, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	few, run := madeUp(60)
	text := pageOf(t, few, run)
	for _, scheme := range []string{"light", "dark"} {
		tab := open(t, in, text, inMedia("", scheme))
		tab.run(chromedp.Evaluate[chromedp.Void](string(rules)))
		broken := evaluate[[]string](tab, `axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.help + " at " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")))`, chromedp.EvalAwaitPromise)
		for _, b := range broken {
			t.Errorf("%s: %s", scheme, b)
		}
		tab.quiet()
	}
}

// pictures shows the page to who wrote it: wide and narrow, light and dark.
func pictures(t *testing.T, in context.Context) {
	usualReport, usualRun := usual()
	for name, text := range map[string][]byte{"usual": pageOf(t, usualReport, usualRun), "hostile": hostilePage(t)} {
		for _, width := range []int64{1280, 400} {
			for _, scheme := range []string{"light", "dark"} {
				tab := open(t, in, text, chromedp.EmulateViewport(width, 900), inMedia("", scheme))
				picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A planted is a name of a watched mark, to be hidden in titles.
type planted struct {
	mark   *rulebook.Mark
	name   string
	script string
}

// names are the names of watched marks by script: Latin ones of five letters or more, of other scripts two. Nicknames,
// abbreviations and nouns of two Han characters that hide in longer words are no fair names to look for in disguise.
func (b *board) names() map[string][]planted {
	gated := make(map[string]bool)
	for _, g := range b.book.Gates {
		for _, id := range g.Marks {
			gated[id] = true
		}
	}
	all := make(map[string][]planted)
	for i := range b.book.Marks {
		m := &b.book.Marks[i]
		if !m.Famous && !gated[m.ID] {
			continue
		}
		names := []string{m.Text}
		for _, a := range m.Aliases {
			if a.Kind == rulebook.Transliteration {
				names = append(names, a.Text)
			}
		}
		for _, name := range names {
			script := scriptOf(name)
			if n := utf8.RuneCountInString(name); n >= 5 || n >= 2 && script != "Latin" {
				all[script] = append(all[script], planted{m, name, script})
			}
		}
	}
	return all
}

// scriptOf is the script of the first letter that is not Latin.
func scriptOf(name string) string {
	for _, r := range name {
		for _, s := range []struct {
			name  string
			table *unicode.RangeTable
		}{{"Han", unicode.Han}, {"Kana", unicode.Katakana}, {"Kana", unicode.Hiragana}, {"Hangul", unicode.Hangul},
			{"Cyrillic", unicode.Cyrillic}, {"Arabic", unicode.Arabic}, {"Thai", unicode.Thai}, {"Hebrew", unicode.Hebrew}} {
			if unicode.Is(s.table, r) {
				return s.name
			}
		}
	}
	return "Latin"
}

// spaceless scripts run words together.
func spaceless(script string) bool { return script == "Han" || script == "Kana" || script == "Thai" }

// hide plants disguised names in titles that mention no mark, and counts which come out.
func (b *board) hide(ctx context.Context) {
	names := b.names()
	for _, script := range slices.Sorted(maps.Keys(names)) {
		some, pool := names[script], b.pool(script)
		for _, d := range disguises {
			random := b.random("hide " + script + d.name)
			for range b.plant / rarity(script) {
				b.hideOne(ctx, random, d, some[random.IntN(len(some))], pool[random.IntN(len(pool))])
			}
		}
	}
}

// rarity of the other scripts: a quarter of what is planted in Latin each.
func rarity(script string) int {
	if script == "Latin" {
		return 1
	}
	return 4
}

// pool are the titles to plant names of a script in: of its own script where there are some, else all.
func (b *board) pool(script string) []string {
	var own []string
	for _, title := range b.unmarked {
		if scriptOf(title) == script {
			own = append(own, title)
		}
	}
	if len(own) < 20 {
		return b.unmarked
	}
	return own
}

func (b *board) hideOne(ctx context.Context, random *rand.Rand, d disguise, p planted, title string) {
	if utf8.RuneCountInString(p.name) < d.least {
		return
	}
	hidden := string(d.hide(random, []rune(p.name)))
	if hidden == "" || d.name != "plain" && hidden == p.name {
		return
	}
	r := row{ID: "planted", Title: insertInto(random, title, hidden, p.script), Market: "US"}
	if len(p.mark.HomeCategories) > 0 && random.IntN(2) == 0 {
		r.Category = p.mark.HomeCategories[0]
	}
	report := b.run(ctx, r)
	_, found := b.roleIn(report, p.mark.ID)
	unseen, asked := unseenMark(p.mark.ID), b.asksForPerson(report)
	entry(b.hidden, d.name).count(unseen, found, asked)
	entry(b.scripts, p.script).count(unseen, found, asked)
	if !found && (unseen == 0 || b.unseen) {
		b.worst.add(missedRow, d.name, r, p.name+" ("+p.mark.ID+")")
	}
}

// insertInto puts a name at the beginning of a title, or between two of its words; in scripts without spaces, before or
// after the title with or without a space.
func insertInto(random *rand.Rand, title, name, script string) string {
	words := strings.Fields(title)
	if spaceless(script) && len(words) < 4 {
		space := []string{"", " "}[random.IntN(2)]
		if random.IntN(2) == 0 {
			return name + space + title
		}
		return title + space + name
	}
	return strings.Join(slices.Insert(words, random.IntN(min(3, len(words)+1)), name), " ")
}

// fit puts devices into wording for what a product fits.
func (b *board) fit(ctx context.Context) {
	var devices []planted
	for _, p := range b.names()["Latin"] {
		if !p.mark.DictionaryWord && slices.ContainsFunc(p.mark.HomeCategories, device) {
			devices = append(devices, p)
		}
	}
	for _, f := range fits {
		random := b.random("fit" + f.wording)
		for range max(b.plant/10, 20) {
			p := devices[random.IntN(len(devices))]
			model := p.name + " " + models[random.IntN(len(models))]
			r := row{ID: "planted", Title: strings.Replace(f.wording, "%", model, 1), Market: marketOf[f.lang], Brand: f.brand}
			role, found := b.roleIn(b.run(ctx, r), p.mark.ID)
			unseen, right := unseenMark(p.mark.ID), found && role == check.Nominative
			kind := cmp.Or(f.kind, "said") + " " + f.lang
			entry(b.fitted, kind).count(unseen, right, false)
			if !right && (unseen == 0 || b.unseen) {
				b.worst.add(missedRow, kind, r, p.mark.ID+" is "+said(role, found))
			}
		}
	}
}

// device reports whether things at home there are such as others are made to fit.
func device(category string) bool {
	return strings.HasPrefix(category, "Electronics") || strings.HasPrefix(category, "Cameras") ||
		strings.HasPrefix(category, "Vehicles") || strings.HasSuffix(category, "Household Appliances")
}

var models = []string{"V8", "X200", "15 Pro", "A54", "S24", "3", "G502", "MK2", "2021", "WX-40"}

// dress puts innocent signs into titles that mention no mark.
func (b *board) dress(ctx context.Context) {
	for _, d := range dresses {
		random := b.random("dress " + d.name)
		s := b.slice("odd Unicode: " + d.name)
		for range b.plant {
			title := b.unmarked[random.IntN(len(b.unmarked))]
			dressed := d.put(random, title)
			if dressed == title {
				continue
			}
			r := row{ID: "dressed", Title: dressed, Market: "US"}
			report := b.run(ctx, r)
			s.rows++
			if wrong := b.wrong(report, nil); len(wrong) > 0 {
				s.named++
				b.worst.add(namedRow, d.name, r, strings.Join(wrong, "; "))
			}
			if b.asksForPerson(report) {
				s.stopped++
				b.worst.add(stoppedRow, d.name, r, strings.Join(codesOf(report), " "))
			}
		}
	}
}

// near plants words of dictionaries that a stage without a list of ordinary words takes for a mark, though they are none's
// name, in titles that name nothing by themselves.
func (b *board) near(ctx context.Context, files []string) error {
	book := *b.book
	book.Words = nil
	wordless, err := newBoard(&book, options{})
	if err != nil {
		return err
	}
	names, silent := b.markKeys(), b.silent(ctx)
	for _, file := range files {
		words, err := lowerWords(file)
		if err != nil {
			return err
		}
		random := b.random("near")
		s := b.slice("near words: " + file[strings.LastIndexByte(file, '/')+1:])
		for _, word := range words {
			r := row{ID: "near", Title: silent[random.IntN(len(silent))] + " " + word, Market: "US"}
			if names[text.Key(word)] || len(wordless.stage.In(wordless.run(ctx, r)).Mentions) == 0 {
				continue
			}
			s.rows++
			report := b.run(ctx, r)
			if wrong := b.wrong(report, nil); len(wrong) > 0 {
				s.named++
				b.worst.add(namedRow, "near word", r, word+": "+strings.Join(wrong, "; "))
			}
			if b.asksForPerson(report) {
				s.stopped++
				b.worst.add(stoppedRow, "near word", r, fmt.Sprint(word, codesOf(report)))
			}
		}
	}
	return wordless.err
}

// markKeys are the keys of all names of marks.
func (b *board) markKeys() map[string]bool {
	keys := make(map[string]bool)
	for i := range b.book.Marks {
		m := &b.book.Marks[i]
		keys[text.Key(m.Text)] = true
		for _, a := range m.Aliases {
			keys[text.Key(a.Text)] = true
		}
		for _, line := range m.Models {
			keys[text.Key(line)] = true
		}
	}
	return keys
}

// silent are the first titles that name nothing when neither their brand nor their kind of goods is known.
func (b *board) silent(ctx context.Context) []string {
	var silent []string
	for _, title := range b.unmarked {
		if len(silent) == maxSilent {
			break
		}
		if len(b.stage.In(b.run(ctx, row{ID: "silent", Title: title, Market: "US"})).Mentions) == 0 {
			silent = append(silent, title)
		}
	}
	return silent
}

const maxSilent = 10_000

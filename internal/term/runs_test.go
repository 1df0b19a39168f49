package term

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/text"
)

const runNames = "アディダス,サンローラン,ルイヴィトン,プラダ,ロレックス,샤넬,나이키,아디다스,노스페이스,阿迪达斯,香奈儿,卡尔文克莱恩,苹果," +
	"นีเวีย,ชาแนล,โตโยต้า"

func TestNamesInRuns(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		// A letter doubled, repeated, missing, swapped with its neighbour.
		{"新品アディディダス靴", ""}, // two letters more
		{"新品アデディダス靴", "アデディダス=アディダス"},
		{"新品アディダダス靴", "アディダダス=アディダス"},
		{"サンロララララン 財布", ""}, // and one missing
		{"サンローラララン 財布", "サンローラララン=サンローラン"},
		{"サンロラン 財布", "サンロラン=サンローラン"},
		{"サンロラーン 財布", "サンロラーン=サンローラン"},
		{"나이이키 신발", "나이이키=나이키"},
		{"나이이이이키를 위한", "나이이이이키=나이키"},
		{"노스페스 패딩", "노스페스=노스페이스"},
		{"아다디스는", "아다디스=아디다스"},
		{"正品阿迪迪达斯鞋", "阿迪迪达斯=阿迪达斯"},
		{"正品阿达迪斯鞋", "阿达迪斯=阿迪达斯"},
		{"卡尔文莱恩内裤", "卡尔文莱恩=卡尔文克莱恩"},
		{"รองเท้า โตโยยต้า", "โตโยยต้า=โตโยต้า"},
		{"ครีม นีวีย", "นีวีย=นีเวีย"},
		{"ครีม นวีย", ""},
		{"ครีม ชาแนนล", "ชาแนนล=ชาแนล"},
		// Letters that look or sound alike.
		{"アデイダス", "アデイダス=アディダス"},
		{"ルイウィトン", ""},
		{"ルイヴィトソ", "ルイヴィトソ=ルイヴィトン"},
		{"ロレッ力ス", ""}, // ク is no 力
		{"나이끼 운동화", "나이끼=나이키"},
		{"阿迪达期", "阿迪达期=阿迪达斯"},
		// Blotted out.
		{"ルイ○ィトンの財布", "ルイ○ィトン=ルイヴィトン"},
		{"プ〇ダ 財布", "プ〇ダ=プラダ"},
		{"나*키 신발", "나*키=나이키"},
		{"阿**斯运动鞋", ""}, // half of four is too little
		{"卡尔**莱恩", "卡尔**莱恩=卡尔文克莱恩"},
		{"香x儿包", "香x儿=香奈儿"},
		{"ครีม นีเ*ีย", "นีเ*ีย=นีเวีย"},
		// Too little is left, or it is a part of another word.
		{"プダ 財布, 나키 신발, 香儿, 阿迪斯", ""},
		{"フラダンス衣装 プラタナス プラガ", ""},
		{"ゼロックスン", ""},
		{"苹*", ""},
		{"หมุนเวียน", ""},
		{"プラ 10×20 ダ", ""},
		{"나 이 크 기", ""},
	} {
		if got := strings.Join(surfaces(t, Loose, runNames, "", tt.in), "|"); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
		if got := surfaces(t, Fuzzy, runNames, "", tt.in); len(got) > 0 {
			t.Errorf("%q: %q with Policy Fuzzy", tt.in, got)
		}
	}
}

// The slips that are listed when an index is built are the ones that a scan takes for slips.
func TestEachSlipIsOne(t *testing.T) {
	names := strings.Split(runNames, ",")
	rng := rand.New(rand.NewPCG(3, 3))
	for range 5000 {
		name := []rune(names[rng.IntN(len(names))])
		if !isRunWord(name) {
			continue
		}
		other := append([]rune{}, name...)
		switch i := rng.IntN(len(name)); rng.IntN(3) {
		case 0:
			other = append(other[:i+1:i+1], name[i:]...)
		case 1:
			if s := standIns(name[i]); len(s) > 0 {
				other[i] = s[rng.IntN(len(s))]
			}
		case 2:
			j := min(i+1, len(name)-1)
			other[i], other[j] = other[j], other[i]
		}
		listed := false
		h := spread(text.HashLetters(other))
		eachSlip(name, func(slip uint64) { listed = listed || slip == h })
		if is := slip(other, name) != 0; is && !listed {
			t.Errorf("%s is a slip of %s and not listed", string(other), string(name))
		}
	}
}

func TestRunsAreBounded(t *testing.T) {
	s := newScanner(t, []Term{{"アディダス", Loose}, {"アアアアイアアアア", Loose}}, nil)
	for _, part := range []string{"ア*", "アアアイ", "ア*アアア○", "アディ*"} {
		in := strings.Repeat(part, 20_000)
		s.hits(in)
		if !s.s.Capped() {
			t.Errorf("%q, repeated: read to the end", part)
		}
	}
}

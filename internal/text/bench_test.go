package text

import (
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// benchTitles are of the length and the mixture of scripts that marketplaces see.
var benchTitles = []string{
	"Nike Air Max 90 Men's Running Shoes, Black/White, Size 42 EU, Breathable Mesh Upper, New With Box",
	"Samsung Galaxy S24 Ultra 5G Dual SIM 256GB Titanium Gray, Unlocked Smartphone with S Pen, EU Version",
	"Großer Reisekoffer mit 4 Rollen, Hartschale, ABS, 75 cm, Schwarz – Größe L für Flugreisen geeignet",
	"Detergente líquido para prendas delicadas, aroma de lavanda, botella de 1,5 litros, envío rápido",
	"耐克 男子 跑步鞋 AIR MAX 2024 夏季 新款 透气 网面 运动鞋 官方正品 全国包邮",
	"Чехол для телефона Xiaomi Redmi Note 12 Pro силиконовый, прозрачный, с защитой камеры",
	"Wireless Bluetooth Headphones Over Ear, Noise Cancelling Headset with Microphone, 40H Playtime, Deep Bass",
	"Replacement Brush Heads Compatible with Electric Toothbrush, Pack of 8, Soft Bristles, Dentist Recommended",
}

func BenchmarkFold(b *testing.B) {
	var f Folded
	for b.Loop() {
		for _, s := range benchTitles {
			f.Fold(s)
		}
	}
	perTitle(b)
}

// BenchmarkXText is the chain of golang.org/x/text that does the folding alone.
func BenchmarkXText(b *testing.B) {
	fold := cases.Fold()
	for b.Loop() {
		for _, s := range benchTitles {
			norm.NFKC.String(fold.String(norm.NFKC.String(s)))
		}
	}
	perTitle(b)
}

func perTitle(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(benchTitles)), "ns/title")
}

# PowerShell completion for guancha-archive
Register-ArgumentCompleter -Native -CommandName 'guancha-archive' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $lines = @(& 'guancha-archive' 'complete' "--current=$wordToComplete" '--' @before 2> $null)
    } catch {
        return
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    $flag = if ($wordToComplete -match '^--[^=]*=') { $Matches[0] } else { '' }
    for ($i = 1; $i + 1 -lt $lines.Count; $i += 2) {
        $text = $flag + $lines[$i]
        $about = if ($lines[$i + 1]) { $lines[$i + 1] } else { $text }
        $typed = if ($text -match '[^\p{L}\p{N}_=:./-]') { "'" + $text.Replace("'", "''") + "'" } else { $text }
        [System.Management.Automation.CompletionResult]::new($typed, $text, 'ParameterValue', $about)
    }
    if ($lines.Count -eq 1 -and $lines[0] -eq 'none') { '' }
}

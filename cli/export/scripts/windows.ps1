# Puts authorities among Windows' untrusted certificates (the store Disallowed), and takes them out.
# Made by Countersign; README.txt beside it says what it cannot do.
#
#   powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 apply
#   powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 undo
#   powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 status
#
# For the person who runs it; with "machine" as second word (and an administrator's rights) for everybody.
# What was added is noted in a folder Countersign under LOCALAPPDATA (ProgramData for everybody), before it is added.
param(
    [Parameter(Mandatory = $true, Position = 0)][ValidateSet('apply', 'undo', 'status')][string]$Action,
    [Parameter(Position = 1)][ValidateSet('user', 'machine')][string]$Scope = 'user'
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# SHA-1, by which Windows names certificates, and the certificate.
$certificates = @'
@CERTIFICATES@
'@

if ($Scope -eq 'machine') {
    $location = [System.Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine
    $folder = Join-Path $env:ProgramData 'Countersign'
} else {
    $location = [System.Security.Cryptography.X509Certificates.StoreLocation]::CurrentUser
    $folder = Join-Path $env:LOCALAPPDATA 'Countersign'
}
$state = Join-Path $folder 'disallowed.txt'

function Get-Noted {
    if (Test-Path -LiteralPath $state) {
        return @(Get-Content -LiteralPath $state | Where-Object { $_ -match '^[0-9A-F]{40}$' })
    }
    return @()
}

function Set-Noted([string[]]$Thumbprints) {
    if (-not (Test-Path -LiteralPath $folder)) { New-Item -ItemType Directory -Path $folder | Out-Null }
    Set-Content -LiteralPath $state -Value $Thumbprints -Encoding ASCII
}

function Remove-Listed($Store, [string[]]$Thumbprints) {
    foreach ($thumbprint in $Thumbprints) {
        foreach ($found in @($Store.Certificates | Where-Object { $_.Thumbprint -eq $thumbprint })) { $Store.Remove($found) }
    }
}

$store = New-Object System.Security.Cryptography.X509Certificates.X509Store 'Disallowed', $location
if ($Action -eq 'status') {
    $store.Open([System.Security.Cryptography.X509Certificates.OpenFlags]::ReadOnly)
} else {
    $store.Open([System.Security.Cryptography.X509Certificates.OpenFlags]::ReadWrite)
}
try {
    if ($Action -eq 'apply') {
        $wanted = @{}
        foreach ($line in ($certificates -split "`r?`n")) {
            if ($line -match '^([0-9A-F]{40}) ([A-Za-z0-9+/=]+)$') { $wanted[$Matches[1]] = $Matches[2] }
        }
        # What an earlier list refused, and this one does not.
        Remove-Listed $store @(Get-Noted | Where-Object { -not $wanted.ContainsKey($_) })
        $noted = @(Get-Noted | Where-Object { $wanted.ContainsKey($_) })
        $there = @{}
        foreach ($one in $store.Certificates) { $there[$one.Thumbprint] = $true }
        $new = @($wanted.Keys | Where-Object { -not $there.ContainsKey($_) })
        Set-Noted (@($noted + $new) | Sort-Object -Unique)
        foreach ($thumbprint in $new) {
            $bytes = [System.Convert]::FromBase64String($wanted[$thumbprint])
            $store.Add((New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $bytes)))
        }
        Write-Output ('{0} certificates are refused, {1} of them by Countersign' -f $wanted.Count, @(Get-Noted).Count)
    } elseif ($Action -eq 'undo') {
        Remove-Listed $store (Get-Noted)
        if (Test-Path -LiteralPath $state) { Remove-Item -LiteralPath $state }
        Write-Output 'All is as before'
    } else {
        Write-Output ('{0} certificates are refused by Countersign' -f @(Get-Noted).Count)
    }
} finally {
    $store.Close()
}
